import { beforeEach, expect, test } from "vitest";
import type { OrderRequest } from "../api/order";
import { MemoryStorage } from "../testing/memory-storage";
import { beginAttempt, endAttempt, openAttempt } from "./checkout-attempt";

const address = { line1: "Lane 1", postal_code: "1010", city: "Vienna", country: "AT" };
const request: OrderRequest = {
  cart_id: "c",
  customer: { name: "Ada", email: "ada@example.com", address },
  payment_token: "tok_ok",
};

let storage: MemoryStorage;

beforeEach(() => {
  storage = new MemoryStorage();
});

test("a retry keeps its key", () => {
  const first = beginAttempt(storage, request);
  expect(beginAttempt(storage, { ...request }).key).toBe(first.key);
  expect(openAttempt(storage)).toEqual(first);
});

test("another card is another attempt", () => {
  const first = beginAttempt(storage, request);
  const second = beginAttempt(storage, { ...request, payment_token: "tok_declined" });
  expect(second.key).not.toBe(first.key);
});

test("after the end there is nothing to retry", () => {
  const first = beginAttempt(storage, request);
  endAttempt(storage);
  expect(openAttempt(storage)).toBeUndefined();
  expect(beginAttempt(storage, request).key).not.toBe(first.key);
});

test.each(["", "{", "null", "[]", '{"key":1}'])("damaged storage %o is no attempt", (stored) => {
  storage.setItem("shopmicro.checkout-attempt", stored);
  expect(openAttempt(storage)).toBeUndefined();
});

test("keys are long, visible and new each time", () => {
  const keys = Array.from({ length: 50 }, () => {
    endAttempt(storage);
    return beginAttempt(storage, request).key;
  });
  expect(new Set(keys).size).toBe(50);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
