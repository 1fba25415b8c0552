import { expect, test } from "vitest";
import { MemoryStorage } from "../testing/memory-storage";
import { knownOrders, rememberOrder, tokenOf } from "./known-orders";

test("the newest order stands first, once", () => {
  const storage = new MemoryStorage();
  rememberOrder(storage, { id: "a", token: "1" });
  rememberOrder(storage, { id: "b", token: "2" });
  rememberOrder(storage, { id: "a", token: "1" });
  expect(knownOrders(storage).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(tokenOf(storage, "b")).toBe("2");
  expect(tokenOf(storage, "c")).toBeUndefined();
});

test("only so many are kept", () => {
  const storage = new MemoryStorage();
  for (let number = 0; number < 30; number += 1) {
    rememberOrder(storage, { id: `order ${number}`, token: "t" });
  }
  expect(knownOrders(storage)).toHaveLength(20);
  expect(knownOrders(storage)[0]?.id).toBe("order 29");
});

test.each(["{", "7", '[{"id":"a"}, null]'])("damaged storage %o holds no orders", (stored) => {
  const storage = new MemoryStorage();
  storage.setItem("shopmicro.orders", stored);
  expect(knownOrders(storage)).toEqual([]);
});
