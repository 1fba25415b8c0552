import type { Money } from "./money";

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** The slug of its category. */
  readonly category: string;
  readonly price: Money;
  readonly stock: number;
  /** A path on the shop's own origin. */
  readonly image: string;
}

export interface Category {
  readonly id: string;
  readonly name: string;
  /** How many products it has. */
  readonly products: number;
}

export interface ProductPage {
  readonly items: readonly Product[];
  readonly page: number;
  readonly per_page: number;
  readonly total: number;
}

export interface Recommendations {
  readonly items: readonly Product[];
  /** The version of the model that answered, or "popularity". */
  readonly model: string;
}

export const SORTS = ["relevance", "newest", "price", "-price", "name"] as const;
export type Sort = (typeof SORTS)[number];

export interface ProductQuery {
  readonly search?: string;
  readonly category?: string;
  readonly sort?: Sort;
  readonly page?: number;
  readonly per_page?: number;
}
