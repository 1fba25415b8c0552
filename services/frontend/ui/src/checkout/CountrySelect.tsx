import { COUNTRIES } from "./countries";
import { FieldError } from "./TextField";

interface Properties {
  readonly id: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (code: string) => void;
}

export function CountrySelect({ id, value, error, onChange }: Properties) {
  return (
    <div className="field">
      <label htmlFor={id}>Country</label>
      <select
        id={id}
        value={value}
        autoComplete="country"
        aria-required
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">Choose a country</option>
        {COUNTRIES.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <FieldError id={id} error={error} />
    </div>
  );
}
