import type { APIRequestContext } from "@playwright/test";
import type { Product, ProductPage } from "../src/api/product";

/** Products with enough pieces for all tests that run at the same time. */
export async function plentifulProducts(
  request: APIRequestContext,
  count: number,
): Promise<readonly Product[]> {
  const answer = await request.get("/api/products?sort=name&per_page=100");
  const { items } = (await answer.json()) as ProductPage;
  const plentiful = items.filter(({ stock }) => stock >= 20).slice(0, count);
  if (plentiful.length < count) throw new Error("the shop is nearly sold out");
  return plentiful;
}

export async function plentifulProduct(request: APIRequestContext): Promise<Product> {
  const [product] = await plentifulProducts(request, 1);
  if (product === undefined) throw new Error("the shop is sold out");
  return product;
}
