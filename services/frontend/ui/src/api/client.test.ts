import { describe, expect, test } from "vitest";
import { Client } from "./client";
import { Problem } from "./problem";

interface Seen {
  readonly path: string;
  readonly init: RequestInit;
}

/** A client whose requests are all answered alike, and what it asked for. */
function clientAnswering(answer: () => Response | Promise<Response>) {
  const seen: Seen[] = [];
  const client = new Client((path, init = {}) => {
    seen.push({ path, init });
    return Promise.resolve().then(answer);
  });
  return { client, seen };
}

function problem(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

async function failureOf(promise: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof Problem)) throw new Error("expected a Problem");
  return thrown;
}

describe("requests", () => {
  test("leave out what was not asked for and escape the rest", async () => {
    const { client, seen } = clientAnswering(() => Response.json({ items: [] }));
    await client.products({ search: "salt & pepper", page: 2 });
    await client.products({ search: "" });
    expect(seen.map(({ path }) => path)).toEqual([
      "/api/products?search=salt+%26+pepper&page=2",
      "/api/products",
    ]);
  });

  test("carry the idempotency key and the body of an order", async () => {
    const { client, seen } = clientAnswering(() => Response.json({ id: "o" }, { status: 201 }));
    const address = { line1: "Lane 1", postal_code: "1010", city: "Vienna", country: "AT" };
    const customer = { name: "Ada", email: "ada@example.com", address };
    await client.placeOrder({ cart_id: "c", customer, payment_token: "tok_ok" }, "key-1");
    expect(seen[0]?.init.method).toBe("POST");
    expect(seen[0]?.init.headers).toMatchObject({ "Idempotency-Key": "key-1" });
    expect(JSON.parse(seen[0]?.init.body as string)).toMatchObject({ cart_id: "c", customer });
  });

  test("present the token of an order as a bearer", async () => {
    const { client, seen } = clientAnswering(() => Response.json({}));
    await client.order("../carts", "secret");
    expect(seen[0]?.path).toBe("/api/orders/..%2Fcarts");
    expect(seen[0]?.init.headers).toMatchObject({ Authorization: "Bearer secret" });
  });
});

describe("failures", () => {
  test("are read from problem details", async () => {
    const { client } = clientAnswering(() =>
      problem(409, { type: "urn:shopmicro:problem:out-of-stock", title: "Gone", products: [7, 9] }),
    );
    const failure = await failureOf(client.cart("c"));
    expect(failure).toMatchObject({ kind: "out-of-stock", status: 409, productIds: [7, 9] });
    expect(failure.message).toBe("Gone");
  });

  test("name the field that the shop refused", async () => {
    const detail = "customer.address.city is blank";
    const { client } = clientAnswering(() => problem(422, { detail }));
    const failure = await failureOf(client.cart("c"));
    expect(failure.fields).toEqual([{ field: "customer.address.city", message: "This is blank" }]);
  });

  test("say when to come back", async () => {
    const { client } = clientAnswering(() => problem(503, {}, { "Retry-After": "5" }));
    const failure = await failureOf(client.cart("c"));
    expect(failure).toMatchObject({ isUnavailable: true, retryAfterSeconds: 5 });
  });

  test("need no JSON", async () => {
    const { client } = clientAnswering(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const failure = await failureOf(client.categories());
    expect(failure).toMatchObject({ kind: "unknown", status: 502, isOutcomeUnknown: true });
  });

  test("of the network have no status", async () => {
    const { client } = clientAnswering(() => Promise.reject(new TypeError("Failed to fetch")));
    const failure = await failureOf(client.categories());
    expect(failure).toMatchObject({ status: 0, isOutcomeUnknown: true });
  });

  test("of the caller's own making are not problems", async () => {
    const { client } = clientAnswering(() => Promise.reject(new TypeError("aborted")));
    const controller = new AbortController();
    controller.abort(new Error("page left"));
    await expect(client.categories(controller.signal)).rejects.toThrow("page left");
  });
});
