import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { plentifulProduct } from "./catalogue";
import { addToCart, buy, fillAddress } from "./customer";
import { expect, test } from "./page";

async function expectNoViolations(page: Page): Promise<void> {
  // Grey shapes are not what a page is about.
  await expect(page.locator(".skeleton")).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => ({ id, places: nodes.map(({ target }) => target) })),
  ).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds nothing, ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce", expectedStatuses: [402, 404] });

    for (const path of [
      "/",
      "/search?q=steel",
      "/search",
      "/search?q=zzzz",
      "/cart",
      "/checkout",
    ]) {
      test(path, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectNoViolations(page);
      });
    }

    test("category, product, and nowhere", async ({ page, request }) => {
      const product = await plentifulProduct(request);
      for (const path of [
        `/category/${product.category}`,
        `/product/${product.id}`,
        "/nowhere",
        "/orders",
      ]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectNoViolations(page);
      }
    });

    test("cart, checkout with mistakes, declined card", async ({ page, request }) => {
      await addToCart(page, await plentifulProduct(request));
      await expectNoViolations(page);
      await page.goto("/cart");
      await expect(page.getByRole("link", { name: "Go to checkout" })).toBeVisible();
      await expectNoViolations(page);
      await page.goto("/checkout");
      await page.getByRole("button", { name: /^Pay/ }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expectNoViolations(page);
      await fillAddress(page);
      await page.getByLabel("Card that is declined").check();
      await page.getByRole("button", { name: /^Pay/ }).click();
      await expect(page.getByRole("alert")).toContainText("declined");
      await expectNoViolations(page);
    });

    test("order, question and cancelled order", async ({ page, request }) => {
      await buy(page, await plentifulProduct(request));
      await expectNoViolations(page);
      await page.getByRole("button", { name: "Cancel this order" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectNoViolations(page);
      await page.getByRole("button", { name: "Yes, cancel it" }).click();
      await expect(page.getByRole("heading", { name: "was cancelled" })).toBeVisible();
      await expectNoViolations(page);
      await page.goto("/orders");
      await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
      await expectNoViolations(page);
    });
  });
}
