import type { Cart } from "./cart";
import { send, type Call, type Fetch } from "./http";
import type { Order, OrderRequest, PlacedOrder } from "./order";
import type { Category, Product, ProductPage, ProductQuery, Recommendations } from "./product";

/** The shop's API, typed. Every method throws a Problem when it fails. */
export class Client {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  async categories(signal?: AbortSignal): Promise<readonly Category[]> {
    const { items } = await this.#send<{ items: Category[] }>("/api/categories", { signal });
    return items;
  }

  products(query: ProductQuery, signal?: AbortSignal): Promise<ProductPage> {
    return this.#send(`/api/products${toQueryString(query)}`, { signal });
  }

  product(id: number, signal?: AbortSignal): Promise<Product> {
    return this.#send(`/api/products/${id}`, { signal });
  }

  recommendationsFor(id: number, limit: number, signal?: AbortSignal): Promise<Recommendations> {
    return this.#send(`/api/products/${id}/recommendations?limit=${limit}`, { signal });
  }

  createCart(): Promise<{ id: string }> {
    return this.#send("/api/carts", { method: "POST" });
  }

  cart(id: string): Promise<Cart> {
    return this.#send(`/api/carts/${encodeURIComponent(id)}`);
  }

  cartRecommendations(id: string, signal?: AbortSignal): Promise<Recommendations> {
    return this.#send(`/api/carts/${encodeURIComponent(id)}/recommendations`, { signal });
  }

  setQuantity(cartId: string, productId: number, quantity: number): Promise<Cart> {
    return this.#send(`/api/carts/${encodeURIComponent(cartId)}/items/${productId}`, {
      method: "PUT",
      body: { quantity },
    });
  }

  placeOrder(request: OrderRequest, idempotencyKey: string): Promise<PlacedOrder> {
    return this.#send("/api/orders", {
      method: "POST",
      headers: { "Idempotency-Key": idempotencyKey },
      body: request,
    });
  }

  order(id: string, token: string, signal?: AbortSignal): Promise<Order> {
    return this.#send(orderPath(id), { headers: bearer(token), signal });
  }

  cancelOrder(id: string, token: string): Promise<Order> {
    return this.#send(`${orderPath(id)}/cancel`, { method: "POST", headers: bearer(token) });
  }

  #send<T>(path: string, call?: Call): Promise<T> {
    return send<T>(this.#fetch, path, call);
  }
}

function toQueryString(query: ProductQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const parameters = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length > 0 ? `?${parameters.toString()}` : "";
}

function orderPath(id: string): string {
  return `/api/orders/${encodeURIComponent(id)}`;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
