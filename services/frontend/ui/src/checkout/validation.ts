import type { FieldProblem } from "../api/problem";
import type { CheckoutForm, FieldName } from "./checkout-form";

/** What is wrong, per field, in the customer's words. */
export type FieldErrors = Partial<Record<FieldName, string>>;

interface Rule {
  readonly missing?: string;
  readonly maximum: number;
  /** Where the server's answers name this field. */
  readonly path: string;
}

export const RULES: Record<FieldName, Rule> = {
  name: { missing: "Enter your name", maximum: 100, path: "customer.name" },
  email: { missing: "Enter your e-mail address", maximum: 254, path: "customer.email" },
  line1: { missing: "Enter street and number", maximum: 200, path: "customer.address.line1" },
  line2: { maximum: 200, path: "customer.address.line2" },
  postalCode: {
    missing: "Enter the postal code",
    maximum: 16,
    path: "customer.address.postal_code",
  },
  city: { missing: "Enter the town or city", maximum: 100, path: "customer.address.city" },
  country: { missing: "Choose a country", maximum: 2, path: "customer.address.country" },
};

const FIELD_NAMES = Object.keys(RULES) as FieldName[];

/** One "@", something before it, a dot after it: only sending a message proves more. */
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

export function validate(form: CheckoutForm): FieldErrors {
  const errors = FIELD_NAMES.flatMap((name) => {
    const error = validateField(name, form[name].trim());
    return error === undefined ? [] : [[name, error] as const];
  });
  return Object.fromEntries(errors);
}

function validateField(name: FieldName, value: string): string | undefined {
  const { missing, maximum } = RULES[name];
  if (value === "") return missing;
  if (value.length > maximum) return `Use at most ${maximum} characters`;
  if (name === "email" && !EMAIL.test(value)) {
    return "Enter an e-mail address like name@example.com";
  }
  return undefined;
}

/** The server's verdicts, put to the fields that they are about. */
export function fromServer(problems: readonly FieldProblem[]): FieldErrors {
  const errors = problems.flatMap(({ field, message }) => {
    const name = FIELD_NAMES.find((known) => RULES[known].path === field);
    return name === undefined ? [] : [[name, message] as const];
  });
  return Object.fromEntries(errors);
}
