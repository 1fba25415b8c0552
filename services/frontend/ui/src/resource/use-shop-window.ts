import type { Product, ProductPage } from "../api/product";
import { shop } from "../api/shop";
import { useResource, type Resource } from "./use-resource";

/** Enough of the newest that every category is among them: one request dresses the home page. */
const WINDOW = { sort: "newest", per_page: 96 } as const;

/** Enough of the dearest for several categories. */
const TREASURES = { sort: "-price", per_page: 48 } as const;

export function useShopWindow(): Resource<ProductPage> {
  return useResource("shop window", (signal) => shop.products(WINDOW, signal));
}

export function useTreasures(): Resource<ProductPage> {
  return useResource("treasures", (signal) => shop.products(TREASURES, signal));
}

/** The first product of each category, in the order given. */
export function onePerCategory(products: readonly Product[]): readonly Product[] {
  const seen = new Set<string>();
  return products.filter(({ category }) => !seen.has(category) && seen.add(category));
}

export function available(products: readonly Product[]): readonly Product[] {
  return products.filter(({ stock }) => stock > 0);
}
