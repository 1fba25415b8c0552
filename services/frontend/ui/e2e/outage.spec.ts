import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { PlacedOrder } from "../src/api/order";
import { plentifulProduct } from "./catalogue";
import { addToCart, fillAddress } from "./customer";
import { expect, test } from "./page";

// The cart of an order that was placed is gone.
test.use({ expectedStatuses: [404, 503] });

/** Answers as the shop does while a dependency is away: the one thing that a healthy shop cannot show. */
async function breakApi(page: Page, pattern: string): Promise<void> {
  await page.route(pattern, (route) =>
    route.fulfill({
      status: 503,
      headers: { "Retry-After": "1" },
      contentType: "application/problem+json",
      json: { type: "urn:shopmicro:problem:unavailable", title: "Not available", status: 503 },
    }),
  );
}

test("products that do not load can be asked for again", async ({ page }) => {
  await breakApi(page, "**/api/products?*");
  await page.goto("/search?q=steel");
  const notice = page.getByRole("alert");
  await expect(notice).toContainText("We could not load the products");
  await expect(notice).toContainText("in 1 second.");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.unroute("**/api/products?*");
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article").first()).toBeVisible();
});

test("without carts the shelves stay open", async ({ page, request }) => {
  const product = await plentifulProduct(request);
  await page.goto("/");
  await page.evaluate(() => {
    window.localStorage.setItem("shopmicro.cart", "00000000-0000-4000-8000-000000000000");
  });
  await breakApi(page, "**/api/carts**");
  await breakApi(page, "**/api/carts/**");
  await page.goto(`/product/${product.id}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page.getByText("Carts are taking a short break")).toBeVisible();
  await page.goto("/cart");
  await expect(page.getByRole("alert")).toContainText("not reachable right now");
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("a retry after a lost answer keeps its key and buys once", async ({ page, request }) => {
  await addToCart(page, await plentifulProduct(request));
  await page.goto("/checkout");
  await fillAddress(page);
  const keys: (string | undefined)[] = [];
  page.on("request", (sent) => {
    if (sent.url().endsWith("/api/orders")) keys.push(sent.headers()["idempotency-key"]);
  });
  const placed: string[] = [];
  await page.route("**/api/orders", async (route) => {
    const answer = await route.fetch();
    placed.push(((await answer.json()) as PlacedOrder).id);
    await route.fulfill({ status: 503 });
  });
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByRole("alert")).toContainText("We do not know yet");
  expect(placed).toHaveLength(1);

  await page.unroute("**/api/orders");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  expect(page.url()).toContain(placed[0]);
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(2);
});

test("after a lost answer and a reload the order is still found", async ({ page, request }) => {
  await addToCart(page, await plentifulProduct(request));
  await page.goto("/checkout");
  await fillAddress(page);
  await page.route("**/api/orders", async (route) => {
    await route.fetch();
    await route.fulfill({ status: 503 });
  });
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByRole("alert")).toContainText("We do not know yet");
  await page.unroute("**/api/orders");
  await page.reload();
  await expect(page.getByText("Your last order is unfinished")).toBeVisible();
  await page.getByRole("button", { name: "Finish that order" }).click();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
});
