import type { Locator, Page } from "@playwright/test";
import { plentifulProduct } from "./catalogue";
import { expect, test } from "./page";

/** More tab stops than any page has before its last control. */
const PATIENCE = 150;

/** Tabs forward until the control has the focus: what no tab reaches fails. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < PATIENCE; stop += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("no number of tabs leads there");
}

test("the skip link leads past the header", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("a purchase without a mouse", async ({ page, request }) => {
  const product = await plentifulProduct(request);
  await page.goto("/");
  await tabTo(page, page.getByRole("searchbox"));
  await page.keyboard.type(product.name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: product.name, exact: true }).first());
  await page.keyboard.press("Enter");

  await tabTo(page, page.getByRole("button", { name: "Add to cart" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "View cart" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "Go to checkout" }));
  await page.keyboard.press("Enter");

  const answers = [
    ["Full name", "Ada Example"],
    ["E-mail", "ada@example.com"],
    ["Street and number", "Quiet Lane 12"],
    ["Postal code", "1010"],
    ["Town or city", "Vienna"],
    ["Country", "Austria"],
  ] as const;
  for (const [label, answer] of answers) {
    await tabTo(page, page.getByLabel(label));
    await page.keyboard.type(answer);
  }
  await expect(page.getByLabel("Country")).toHaveValue("AT");
  await tabTo(page, page.getByLabel("Card that is approved"));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByLabel("Card that is declined")).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await tabTo(page, page.getByRole("button", { name: /^Pay/ }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
});
