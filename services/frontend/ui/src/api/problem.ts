/** One field that the server refused. */
export interface FieldProblem {
  /** Dotted path in the request body, for example "customer.email". */
  readonly field: string;
  readonly message: string;
}

/** A request that failed: an RFC 9457 problem, or no answer at all. */
export class Problem extends Error {
  /** The last word of the problem type, for example "payment-declined". */
  readonly kind: string;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  readonly productIds: readonly number[];
  readonly retryAfterSeconds: number | undefined;

  constructor(init: {
    kind: string;
    status: number;
    message: string;
    fields?: readonly FieldProblem[];
    productIds?: readonly number[];
    retryAfterSeconds?: number | undefined;
  }) {
    super(init.message);
    this.name = "Problem";
    this.kind = init.kind;
    this.status = init.status;
    this.fields = init.fields ?? [];
    this.productIds = init.productIds ?? [];
    this.retryAfterSeconds = init.retryAfterSeconds;
  }

  /** Whether the request may have been carried out although no answer says so. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  get isUnavailable(): boolean {
    return this.status === 503;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }
}

/** Anything thrown, as a problem. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem({
    kind: "unreachable",
    status: 0,
    message: "The shop could not be reached. Please check your connection.",
  });
}
