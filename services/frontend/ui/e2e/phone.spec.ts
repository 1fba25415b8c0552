import { plentifulProduct } from "./catalogue";
import { fillAddress } from "./customer";
import { expect, test } from "./page";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("a purchase by thumb, with nothing wider than the phone", async ({ page, request }) => {
  const product = await plentifulProduct(request);
  const fits = async () => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  };
  await page.goto("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await fits();
  await page.getByRole("searchbox").fill(product.name);
  await page.getByRole("button", { name: "Search" }).tap();
  await page.getByRole("link", { name: product.name, exact: true }).first().tap();
  await expect(page.getByRole("heading", { level: 1, name: product.name })).toBeVisible();
  await fits();
  await page.getByRole("button", { name: "Add to cart" }).tap();
  await page.getByRole("link", { name: "View cart" }).tap();
  await expect(page.getByRole("link", { name: "Go to checkout" })).toBeVisible();
  await fits();
  await page.getByRole("link", { name: "Go to checkout" }).tap();
  await fillAddress(page);
  await fits();
  await page.getByRole("button", { name: /^Pay/ }).tap();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  await fits();
});

test("the narrowest phones see everything, too", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ["/", "/search?q=a", "/cart", "/orders"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(360);
  }
});
