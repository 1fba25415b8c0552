import { CountrySelect } from "./CountrySelect";
import type { CheckoutForm, FieldName } from "./checkout-form";
import { TextField } from "./TextField";
import { RULES, type FieldErrors } from "./validation";

interface Properties {
  readonly form: CheckoutForm;
  readonly errors: FieldErrors;
  readonly onChange: (name: FieldName, value: string) => void;
}

export function CustomerFields({ form, errors, onChange }: Properties) {
  const field = (name: FieldName) => ({
    id: name,
    value: form[name],
    error: errors[name],
    maximum: RULES[name].maximum,
    onChange: (value: string) => {
      onChange(name, value);
    },
  });
  return (
    <>
      <fieldset className="fieldset">
        <legend>Contact</legend>
        <TextField {...field("name")} label="Full name" autoComplete="name" />
        <TextField {...field("email")} label="E-mail" type="email" autoComplete="email" />
      </fieldset>
      <fieldset className="fieldset">
        <legend>Delivery address</legend>
        <TextField {...field("line1")} label="Street and number" autoComplete="address-line1" />
        <TextField
          {...field("line2")}
          label="Apartment, floor, company"
          autoComplete="address-line2"
          optional
        />
        <div className="field-row">
          <TextField {...field("postalCode")} label="Postal code" autoComplete="postal-code" />
          <TextField {...field("city")} label="Town or city" autoComplete="address-level2" />
        </div>
        <CountrySelect {...field("country")} />
      </fieldset>
    </>
  );
}
