import { Problem, toProblem } from "./problem";
import { readProblem } from "./problem-response";

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface Call {
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** A customer should not look at a skeleton for longer than this. */
const TIMEOUT_MILLISECONDS = 15_000;

/** Sends one request and gives its JSON, or throws a Problem (or the abort of the caller). */
export async function send<T>(fetch: Fetch, path: string, call: Call = {}): Promise<T> {
  const response = await answer(fetch, path, call);
  if (!response.ok) throw await readProblem(response);
  try {
    return (await response.json()) as T;
  } catch {
    call.signal?.throwIfAborted();
    throw new Problem({
      kind: "unreadable",
      status: 0,
      message: "The answer of the shop could not be read.",
    });
  }
}

async function answer(fetch: Fetch, path: string, call: Call): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  try {
    return await fetch(path, {
      method: call.method ?? "GET",
      headers: {
        Accept: "application/json",
        ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    });
  } catch (thrown) {
    call.signal?.throwIfAborted();
    throw toProblem(thrown);
  }
}
