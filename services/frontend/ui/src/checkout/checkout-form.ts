import type { Customer } from "../api/order";

/** What the customer typed, as it stands in the fields. */
export interface CheckoutForm {
  readonly name: string;
  readonly email: string;
  readonly line1: string;
  readonly line2: string;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
}

export type FieldName = keyof CheckoutForm;

export const EMPTY_FORM: CheckoutForm = {
  name: "",
  email: "",
  line1: "",
  line2: "",
  postalCode: "",
  city: "",
  country: "",
};

export function toCustomer(form: CheckoutForm): Customer {
  const line2 = form.line2.trim();
  return {
    name: form.name.trim(),
    email: form.email.trim(),
    address: {
      line1: form.line1.trim(),
      ...(line2 === "" ? {} : { line2 }),
      postal_code: form.postalCode.trim(),
      city: form.city.trim(),
      country: form.country,
    },
  };
}
