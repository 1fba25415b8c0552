import { Problem, type FieldProblem } from "./problem";

type Json = Record<string, unknown>;

/** Reads the problem out of an answer that is not a success. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await readObject(response);
  return new Problem({
    kind: lastWord(body["type"]),
    status: response.status,
    message: text(body["detail"]) ?? text(body["title"]) ?? fallbackMessage(response.status),
    fields: readFields(text(body["detail"])),
    productIds: readIds(body["products"]),
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

/** The shop names a refused field first: "customer.email is not an e-mail address". */
const FIELD_VERDICT = /^(customer(?:\.[a-z0-9_]+)+) (.+)$/;

function readFields(detail: string | undefined): FieldProblem[] {
  const [, field, verdict] = FIELD_VERDICT.exec(detail ?? "") ?? [];
  return field && verdict ? [{ field, message: `This ${verdict}` }] : [];
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
