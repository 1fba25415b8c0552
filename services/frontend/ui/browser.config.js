import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How tests and screenshots start the machine's own browser; nothing is downloaded. */
export const browser = {
  executablePath: process.env.CHROMIUM ?? PLACES.find(existsSync) ?? "chromium",
  args: [
    // Chromium refuses its sandbox to root, and containers have none to give.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
  ],
};
