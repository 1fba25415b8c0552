import type { Sort } from "../api/product";

/** Every address of the storefront, so that no page spells one itself. */
export const paths = {
  home: "/",
  category: (id: string) => `/category/${encodeURIComponent(id)}`,
  search: (words: string) => `/search?${new URLSearchParams({ q: words }).toString()}`,
  product: (id: number) => `/product/${id}`,
  cart: "/cart",
  checkout: "/checkout",
  orders: "/orders",
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
} as const;

/** What a list of products keeps in its address. */
export interface Listing {
  readonly sort: Sort;
  readonly page: number;
}

/** The query of `current` with another sort or page; defaults are left out of the address. */
export function withListing(
  current: URLSearchParams,
  change: Partial<Listing>,
  defaultSort: Sort,
): string {
  const next = new URLSearchParams(current);
  if (change.sort !== undefined) {
    next.set("sort", change.sort);
    next.delete("page");
  }
  if (change.page !== undefined) next.set("page", String(change.page));
  if (next.get("sort") === defaultSort) next.delete("sort");
  if (next.get("page") === "1") next.delete("page");
  const query = next.toString();
  return query === "" ? "?" : `?${query}`;
}
