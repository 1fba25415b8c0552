import { defineConfig } from "@playwright/test";
import { browser } from "./browser.config.js";

const shop = process.env["BASE_URL"];
if (!shop) throw new Error("BASE_URL is missing: the address of a running shop");

export default defineConfig({
  testDir: "e2e",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  // Machines that build at the same time are slow, not wrong.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  reporter: [["list"]],
  use: {
    baseURL: shop,
    viewport: { width: 1280, height: 900 },
    launchOptions: browser,
    trace: "retain-on-failure",
  },
});
