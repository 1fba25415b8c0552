/** An order that this browser placed, with the token that opens it. */
export interface KnownOrder {
  readonly id: string;
  readonly token: string;
}

const STORAGE_KEY = "shopmicro.orders";
const CAPACITY = 20;

/** The newest first. */
export function knownOrders(storage: Storage): readonly KnownOrder[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isKnownOrder) : [];
  } catch {
    // Whatever stands there was not written by this version of the shop.
    return [];
  }
}

export function rememberOrder(storage: Storage, { id, token }: KnownOrder): void {
  const others = knownOrders(storage).filter((order) => order.id !== id);
  storage.setItem(STORAGE_KEY, JSON.stringify([{ id, token }, ...others].slice(0, CAPACITY)));
}

export function tokenOf(storage: Storage, id: string): string | undefined {
  return knownOrders(storage).find((order) => order.id === id)?.token;
}

function isKnownOrder(value: unknown): value is KnownOrder {
  if (typeof value !== "object" || value === null) return false;
  const order = value as Partial<Record<keyof KnownOrder, unknown>>;
  return typeof order.id === "string" && typeof order.token === "string";
}
