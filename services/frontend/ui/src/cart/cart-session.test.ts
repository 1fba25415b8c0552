import { beforeEach, describe, expect, test } from "vitest";
import type { Cart } from "../api/cart";
import { Problem } from "../api/problem";
import { MemoryStorage } from "../testing/memory-storage";
import { CartSession, type CartApi } from "./cart-session";

const KEY = "shopmicro.cart";

/** Carts in memory, as the shop keeps them. */
class Carts implements CartApi {
  readonly carts = new Map<string, Map<number, number>>();
  readonly puts: string[] = [];
  failure: Problem | undefined;

  createCart(): Promise<{ id: string }> {
    const id = `cart-${this.carts.size + 1}`;
    this.carts.set(id, new Map());
    return this.#answer({ id });
  }

  cart(id: string): Promise<Cart> {
    return this.#show(id);
  }

  setQuantity(id: string, product: number, quantity: number): Promise<Cart> {
    this.puts.push(`${id} ${product} ${quantity}`);
    const lines = this.carts.get(id);
    if (quantity > 0) lines?.set(product, quantity);
    else lines?.delete(product);
    return this.#show(id);
  }

  #show(id: string): Promise<Cart> {
    const lines = this.carts.get(id);
    if (lines === undefined) return Promise.reject(problem(404));
    const items = [...lines].map(([product, quantity]) => line(product, quantity));
    return this.#answer({ id, items, total: { amount: 0, currency: "EUR" } });
  }

  #answer<T>(value: T): Promise<T> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(value);
  }
}

function line(id: number, quantity: number): Cart["items"][number] {
  const money = { amount: 100, currency: "EUR" };
  const words = { name: "n", description: "d", category: "c", image: "/i" };
  return { product: { id, ...words, price: money, stock: 99 }, quantity, line_total: money };
}

function problem(status: number): Problem {
  return new Problem({ kind: "test", status, message: "refused" });
}

let carts: Carts;
let storage: MemoryStorage;
let session: CartSession;

beforeEach(() => {
  carts = new Carts();
  storage = new MemoryStorage();
  session = new CartSession(carts, storage);
});

describe("loading", () => {
  test("asks nobody when there is no cart yet", async () => {
    carts.failure = problem(500);
    await session.load();
    expect(session.state()).toEqual({ kind: "empty" });
  });

  test("forgets a cart that has expired", async () => {
    storage.setItem(KEY, "long-gone");
    await session.load();
    expect(session.state()).toEqual({ kind: "empty" });
    expect(storage.getItem(KEY)).toBeNull();
  });

  test("keeps the id when carts are only out of reach", async () => {
    storage.setItem(KEY, "cart-1");
    carts.carts.set("cart-1", new Map());
    carts.failure = problem(503);
    await session.load();
    expect(session.state()).toMatchObject({ kind: "failed", problem: { status: 503 } });
    expect(storage.getItem(KEY)).toBe("cart-1");
  });
});

describe("adding", () => {
  test("makes a cart for the first product only", async () => {
    await session.load();
    await session.add(7, 1);
    await session.add(8, 2);
    expect(carts.puts).toEqual(["cart-1 7 1", "cart-1 8 2"]);
  });

  test("counts on from what is in the cart, also when clicks come fast", async () => {
    await session.load();
    await Promise.all([session.add(7, 1), session.add(7, 1), session.add(7, 2)]);
    expect(session.quantityOf(7)).toBe(4);
  });

  test("never asks for more than a cart holds", async () => {
    await session.load();
    await session.add(7, 98);
    await session.add(7, 5);
    expect(session.quantityOf(7)).toBe(99);
  });

  test("replaces an expired cart without a word", async () => {
    await session.load();
    await session.add(7, 1);
    carts.carts.delete("cart-1");
    carts.carts.set("other", new Map());
    await session.add(8, 1);
    expect(storage.getItem(KEY)).toBe("cart-2");
    expect(session.quantityOf(8)).toBe(1);
  });

  test("reports a failure and works again after it", async () => {
    await session.load();
    carts.failure = problem(503);
    await expect(session.add(7, 1)).rejects.toThrow("refused");
    carts.failure = undefined;
    await session.add(7, 1);
    expect(session.quantityOf(7)).toBe(1);
  });
});

test("removing the last product leaves an empty cart", async () => {
  await session.load();
  await session.add(7, 1);
  await session.setQuantity(7, 0);
  expect(session.state()).toEqual({ kind: "empty" });
});

test("listeners hear of every change until they leave", async () => {
  let changes = 0;
  const leave = session.subscribe(() => {
    changes += 1;
  });
  await session.load();
  await session.add(7, 1);
  leave();
  session.forget();
  expect(changes).toBe(2);
});
