import { countPieces, MAXIMUM_QUANTITY, type Cart } from "../api/cart";
import type { Client } from "../api/client";
import { toProblem, type Problem } from "../api/problem";

/** What the page knows of the customer's cart. */
export type CartState =
  | { readonly kind: "loading" }
  | { readonly kind: "empty" }
  | { readonly kind: "filled"; readonly cart: Cart }
  | { readonly kind: "failed"; readonly problem: Problem };

export type CartApi = Pick<Client, "createCart" | "cart" | "setQuantity">;

const STORAGE_KEY = "shopmicro.cart";

/**
 * The cart of this browser. Knows nothing of React, so that it is tested without a page.
 * Changes go out one after the other: each builds on the answer to the one before.
 */
export class CartSession {
  readonly #api: CartApi;
  readonly #storage: Storage;
  readonly #listeners = new Set<() => void>();
  #state: CartState = { kind: "loading" };
  #tail: Promise<unknown> = Promise.resolve();

  constructor(api: CartApi, storage: Storage) {
    this.#api = api;
    this.#storage = storage;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): CartState => this.#state;

  /** Asks the shop for the cart; an expired one counts as empty. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      const id = this.#storage.getItem(STORAGE_KEY);
      try {
        if (id === null) this.#show({ kind: "empty" });
        else this.#showCart(await this.#api.cart(id));
      } catch (thrown) {
        this.#showFailure(toProblem(thrown));
      }
    });
  }

  /** Puts pieces on top of those that are in the cart. Throws a Problem. */
  add(productId: number, pieces: number): Promise<void> {
    return this.#inTurn(async () => {
      const quantity = Math.min(this.quantityOf(productId) + pieces, MAXIMUM_QUANTITY);
      await this.#put(productId, quantity);
    });
  }

  /** Sets the pieces of one product; 0 removes it. Throws a Problem. */
  setQuantity(productId: number, quantity: number): Promise<void> {
    return this.#inTurn(() => this.#put(productId, quantity));
  }

  /** The shop deletes the cart of an order that was placed. */
  forget(): void {
    this.#storage.removeItem(STORAGE_KEY);
    this.#show({ kind: "empty" });
  }

  quantityOf(productId: number): number {
    if (this.#state.kind !== "filled") return 0;
    const line = this.#state.cart.items.find(({ product }) => product.id === productId);
    return line?.quantity ?? 0;
  }

  async #put(productId: number, quantity: number): Promise<void> {
    const known = this.#storage.getItem(STORAGE_KEY);
    try {
      this.#showCart(
        await this.#api.setQuantity(known ?? (await this.#create()), productId, quantity),
      );
    } catch (thrown) {
      // A missing cart has expired: the customer just wants the product in a cart.
      if (known === null || !toProblem(thrown).isMissing) throw thrown;
      this.#storage.removeItem(STORAGE_KEY);
      this.#showCart(await this.#api.setQuantity(await this.#create(), productId, quantity));
    }
  }

  async #create(): Promise<string> {
    const { id } = await this.#api.createCart();
    this.#storage.setItem(STORAGE_KEY, id);
    return id;
  }

  #showCart(cart: Cart): void {
    this.#show(countPieces(cart) > 0 ? { kind: "filled", cart } : { kind: "empty" });
  }

  #showFailure(problem: Problem): void {
    if (problem.isMissing) this.forget();
    else this.#show({ kind: "failed", problem });
  }

  #show(state: CartState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(change);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
