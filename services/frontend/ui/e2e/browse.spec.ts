import { plentifulProduct } from "./catalogue";
import { expect, test } from "./page";

test("the home page shows categories and products with loaded pictures", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle(/ShopMicro/);
  const categories = page.getByRole("region", { name: "Categories of the shop" });
  await expect(categories.getByRole("link")).toHaveCount(12);
  const newest = page.getByRole("region", { name: "New in the shop" });
  await expect(newest.getByRole("article")).toHaveCount(8);
  const picture = newest.locator("img").first();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
});

test("a category is sorted and paged, and the address remembers", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation", { name: "Categories" }).getByRole("link").first().click();
  await expect(page.getByText(/products, page 1 of/)).toBeVisible();

  const answer = page.waitForResponse((response) => response.url().includes("sort=price"));
  await page.getByLabel("Sort by").focus();
  await page.getByLabel("Sort by").selectOption("price");
  await answer;
  await expect(page).toHaveURL(/sort=price/);
  await expect(page.getByLabel("Sort by")).toBeFocused();
  const prices = page.locator(".product-card .price");
  await expect(prices).toHaveCount(24);
  const amounts = (await prices.allTextContents()).map((price) =>
    Number(price.replace(/[€,]/g, "")),
  );
  expect(amounts).toEqual([...amounts].sort((a, b) => a - b));

  await page.getByRole("link", { name: "Page 2", exact: true }).click();
  await expect(page).toHaveURL(/sort=price&page=2/);
  await expect(page.getByText(/products, page 2 of/)).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await page.reload();
  await expect(page.getByText(/products, page 2 of/)).toBeVisible();
  await page.goBack();
  await expect(page.getByText(/products, page 1 of/)).toBeVisible();
});

test("search finds a product by the beginning of its words", async ({ page, request }) => {
  const product = await plentifulProduct(request);
  await page.goto("/");
  await page.getByRole("searchbox").fill(product.name);
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(product.name);
  await page.getByRole("link", { name: product.name, exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: product.name })).toBeVisible();
  await expect(page).toHaveTitle(`${product.name} – ShopMicro`);
});

test("search says when it finds nothing, whatever was typed", async ({ page }) => {
  await page.goto("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%27%22%25");
  await expect(page.getByText("Nothing found")).toBeVisible();
});

test("a product shows what is often bought with it", async ({ page, request }) => {
  const product = await plentifulProduct(request);
  await page.goto(`/product/${product.id}`);
  const together = page.getByRole("region", { name: "Often bought together" });
  await expect(together.getByRole("article")).toHaveCount(4);
  await together.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: product.name })).toBeHidden();
  await expect(page.getByRole("button", { name: "Add to cart" })).toBeVisible();
});

test.describe("addresses that lead nowhere", () => {
  test.use({ expectedStatuses: [404] });

  for (const path of ["/no/such/page", "/product/999999", "/product/evil", "/category/evil"]) {
    test(path, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
    });
  }
});
