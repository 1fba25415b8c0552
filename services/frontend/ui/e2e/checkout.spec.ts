import type { ProductPage } from "../src/api/product";
import { plentifulProduct, plentifulProducts } from "./catalogue";
import { addToCart, buy, fillAddress } from "./customer";
import { expect, test } from "./page";

test("a purchase, from the product to the paid order", async ({ page, request }) => {
  const [first, second] = await plentifulProducts(request, 2);
  if (!first || !second) throw new Error("two products are needed");
  await addToCart(page, first);
  await addToCart(page, second);
  await page.getByRole("link", { name: "Cart, 2 items" }).click();
  await page.getByRole("button", { name: `One more of ${first.name}` }).click();
  await expect(page.getByRole("link", { name: "Cart, 3 items" })).toBeVisible();
  await page.getByRole("button", { name: `Remove ${second.name}` }).click();
  await expect(page.getByRole("link", { name: "Cart, 2 items" })).toBeVisible();

  await page.getByRole("link", { name: "Go to checkout" }).click();
  await fillAddress(page);
  const placing = page.waitForRequest((sent) => sent.url().endsWith("/api/orders"));
  await page.getByRole("button", { name: /^Pay/ }).click();
  expect((await placing).headers()["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);

  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  await expect(page.getByRole("row", { name: first.name })).toContainText("2");
  await expect(page.getByText("Quiet Lane 12")).toBeVisible();
  await expect(page.getByRole("link", { name: "Cart, 0 items" })).toBeVisible();

  await page.reload();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  const after = (await (await request.get(`/api/products/${first.id}`)).json()) as typeof first;
  expect(after.stock).toBeLessThan(first.stock);
});

test("an order is cancelled after a question", async ({ page, request }) => {
  await buy(page, await plentifulProduct(request));
  await page.getByRole("button", { name: "Cancel this order" }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel this order" }).click();
  await page.getByRole("button", { name: "Yes, cancel it" }).click();
  await expect(page.getByRole("heading", { name: "This order was cancelled" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  await page.getByRole("link", { name: "Your orders" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
});

test("mistakes in the form are named at their fields", async ({ page, request }) => {
  await addToCart(page, await plentifulProduct(request));
  await page.goto("/checkout");
  await page.getByRole("button", { name: /^Pay/ }).click();
  const summary = page.getByRole("alert");
  await expect(summary).toBeFocused();
  await expect(summary.getByRole("link")).toHaveCount(6);
  await summary.getByRole("link", { name: "Enter your e-mail address" }).click();
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await expect(page.getByLabel("E-mail")).toHaveAccessibleDescription("Enter your e-mail address");
  await page.getByLabel("E-mail").fill("ada@example");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByLabel("E-mail")).toHaveAccessibleDescription(/like name@example.com/);
});

test.describe("with what the shop refuses", () => {
  test.use({ expectedStatuses: [402, 404, 422] });

  test("a field is named", async ({ page, request }) => {
    await addToCart(page, await plentifulProduct(request));
    await page.goto("/checkout");
    await fillAddress(page);
    await page.getByLabel("E-mail").fill("adä@example.com");
    await page.getByRole("button", { name: /^Pay/ }).click();
    const field = page.getByLabel("E-mail");
    await expect(field).toHaveAccessibleDescription(/not an e-mail address/);
    await field.fill("ada@example.com");
    await page.getByRole("button", { name: /^Pay/ }).click();
    await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
  });

  for (const { card, title } of [
    { card: "Card that is declined", title: "Your card was declined" },
    { card: "Card whose bank is silent", title: "Your bank did not answer in time" },
  ]) {
    test(`${card}: the cart stays and another card works`, async ({ page, request }) => {
      await addToCart(page, await plentifulProduct(request));
      await page.goto("/checkout");
      await fillAddress(page);
      await page.getByLabel(card).check();
      await page.getByRole("button", { name: /^Pay/ }).click();
      await expect(page.getByRole("alert")).toContainText(title);
      await expect(page.getByRole("link", { name: "Cart, 1 item", exact: true })).toBeVisible();
      await page.getByLabel("Card that is approved").check();
      await page.getByRole("button", { name: /^Pay/ }).click();
      await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
    });
  }

  test("an expired cart is replaced without a word", async ({ page, request }) => {
    await page.goto("/");
    const gone = "00000000-0000-4000-8000-000000000000";
    await page.evaluate((id) => {
      window.localStorage.setItem("shopmicro.cart", id);
    }, gone);
    await addToCart(page, await plentifulProduct(request));
    await expect(page.getByRole("link", { name: "Cart, 1 item", exact: true })).toBeVisible();
  });

  test("somebody else's order stays closed", async ({ page }) => {
    await page.goto("/orders/00000000-0000-4000-8000-000000000000");
    await expect(page.getByRole("heading", { name: "Order not found" })).toBeVisible();
  });
});

test("nobody buys more pieces than there are", async ({ page, request }) => {
  const answer = await request.get("/api/products?sort=name&per_page=100");
  const { items } = (await answer.json()) as ProductPage;
  const product = items.find(({ stock }) => stock >= 1 && stock <= 90);
  if (product === undefined) throw new Error("the shop has too much of everything");
  await page.goto(`/product/${product.id}`);
  await page.getByLabel(`Quantity of ${product.name}`).last().selectOption(String(product.stock));
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page.getByText("All that we have of this is in your cart.")).toBeVisible();
});
