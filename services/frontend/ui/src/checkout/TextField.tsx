import type { HTMLInputAutoCompleteAttribute } from "react";

interface Properties {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly maximum: number;
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly type?: "text" | "email";
  readonly optional?: boolean;
  readonly onChange: (value: string) => void;
}

export function TextField(properties: Properties) {
  const { id, label, value, error, maximum, autoComplete, optional = false } = properties;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="field__optional">(optional)</span>}
      </label>
      <input
        id={id}
        type={properties.type ?? "text"}
        value={value}
        maxLength={maximum}
        autoComplete={autoComplete}
        aria-required={!optional}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => {
          properties.onChange(event.target.value);
        }}
      />
      <FieldError id={id} error={error} />
    </div>
  );
}

export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p className="field__error" id={`${id}-error`}>
      {error}
    </p>
  );
}
