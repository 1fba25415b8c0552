// Saves pictures of the running shop: node scripts/screenshot.js DIRECTORY
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { browser as launch } from "../browser.config.js";

const [directory] = process.argv.slice(2);
const shop = process.env.BASE_URL;
if (!directory || !shop) {
  console.error("usage: BASE_URL=http://127.0.0.1:8080 npm run screenshot -- DIRECTORY");
  process.exit(2);
}

mkdirSync(directory, { recursive: true });
const browser = await chromium.launch(launch);
const page = await browser.newPage({
  baseURL: shop,
  viewport: { width: 1280, height: 900 },
  deviceScaleFactor: 1.5,
});

async function save(name, path) {
  await page.goto(path, { waitUntil: "networkidle" });
  await page.screenshot({ path: join(directory, `${name}.png`) });
  console.log(`saved ${name}.png`);
}

await save("home", "/");
const answer = await page.request.get("/api/products?category=kitchen&sort=-price&per_page=24");
const { items } = await answer.json();
await save("product", `/product/${items.find(({ stock }) => stock > 5).id}`);
await browser.close();
