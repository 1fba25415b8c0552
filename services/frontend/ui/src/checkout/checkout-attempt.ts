import type { OrderRequest } from "../api/order";
import { newIdempotencyKey } from "./idempotency-key";

/** One try to buy: the key and exactly what was asked for under it. */
export interface CheckoutAttempt {
  readonly key: string;
  readonly request: OrderRequest;
}

const STORAGE_KEY = "shopmicro.checkout-attempt";

/** The attempt whose outcome this tab has not learnt, if any. */
export function openAttempt(storage: Storage): CheckoutAttempt | undefined {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? "null");
    return isAttempt(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The attempt under which to send `request`: asking for the same again is a retry and keeps its
 * key, so that a lost answer never buys twice; asking for something else is a new attempt.
 */
export function beginAttempt(storage: Storage, request: OrderRequest): CheckoutAttempt {
  const open = openAttempt(storage);
  if (open && JSON.stringify(open.request) === JSON.stringify(request)) return open;
  const attempt = { key: newIdempotencyKey(), request };
  storage.setItem(STORAGE_KEY, JSON.stringify(attempt));
  return attempt;
}

export function endAttempt(storage: Storage): void {
  storage.removeItem(STORAGE_KEY);
}

function isAttempt(value: unknown): value is CheckoutAttempt {
  if (typeof value !== "object" || value === null) return false;
  const attempt = value as Partial<Record<keyof CheckoutAttempt, unknown>>;
  return typeof attempt.key === "string" && typeof attempt.request === "object";
}
