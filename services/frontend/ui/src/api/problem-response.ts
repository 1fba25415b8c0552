import { Problem, type FieldProblem } from "./problem";

type Json = Record<string, unknown>;

/** Reads the problem out of an answer that is not a success. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await readObject(response);
  return new Problem({
    kind: lastWord(body["type"]),
    status: response.status,
    message: text(body["detail"]) ?? text(body["title"]) ?? fallbackMessage(response.status),
    fields: readFields(body["errors"]),
    productIds: readIds(body["product_ids"]),
    retryAfterSeconds: readSeconds(response.headers.get("retry-after")),
  });
}

async function readObject(response: Response): Promise<Json> {
  try {
    const body: unknown = await response.json();
    return isObject(body) ? body : {};
  } catch {
    // A proxy in between may answer with something other than JSON.
    return {};
  }
}

function readFields(errors: unknown): FieldProblem[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(isObject).flatMap((error) => {
    const place = text(error["pointer"]) ?? text(error["field"]);
    const message = text(error["detail"]) ?? text(error["message"]);
    return place && message ? [{ field: toPath(place), message }] : [];
  });
}

/** "#/customer/email" and "/customer/email" become "customer.email". */
function toPath(place: string): string {
  return place.replace(/^#?\//, "").replaceAll("/", ".");
}

function readIds(ids: unknown): number[] {
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "number") : [];
}

function readSeconds(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function lastWord(type: unknown): string {
  return text(type)?.split(/[/:#]/).pop() ?? "unknown";
}

function fallbackMessage(status: number): string {
  return status >= 500
    ? "The shop has a problem at the moment. Please try again."
    : "The shop did not accept this request.";
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
