import type { Money } from "./money";
import type { Product } from "./product";

export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
  readonly line_total: Money;
}

export interface Cart {
  readonly id: string;
  readonly items: readonly CartLine[];
  readonly total: Money;
}

/** The most pieces of one product that a cart holds. */
export const MAXIMUM_QUANTITY = 99;

/** How many pieces a cart holds altogether. */
export function countPieces(cart: Cart): number {
  return cart.items.reduce((sum, line) => sum + line.quantity, 0);
}
