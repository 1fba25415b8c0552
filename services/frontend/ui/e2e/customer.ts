import { expect, type Page } from "@playwright/test";
import type { Product } from "../src/api/product";

/** Puts one piece of a product into the cart, from the product's page. */
export async function addToCart(page: Page, product: Product): Promise<void> {
  await page.goto(`/product/${product.id}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page.getByText("Added to your cart.")).toBeVisible();
}

/** Fills contact and address, as a customer who makes no mistake. */
export async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel("Full name").fill("Ada Example");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Street and number").fill("Quiet Lane 12");
  await page.getByLabel("Postal code").fill("1010");
  await page.getByLabel("Town or city").fill("Vienna");
  await page.getByLabel("Country").selectOption({ label: "Austria" });
}

/** Buys one piece of a product and ends on the page of the order. */
export async function buy(page: Page, product: Product): Promise<void> {
  await addToCart(page, product);
  await page.goto("/checkout");
  await fillAddress(page);
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page.getByRole("heading", { name: "your order is paid" })).toBeVisible();
}
