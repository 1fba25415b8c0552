import { useId } from "react";
import { Icon } from "./Icon";

interface Properties {
  readonly value: number;
  readonly maximum: number;
  /** Of what; read by screen readers. */
  readonly name: string;
  readonly onChange: (value: number) => void;
}

/** A number of pieces, from 1 to the maximum. */
export function QuantityStepper({ value, maximum, name, onChange }: Properties) {
  const id = useId();
  // Buttons at their limit stay focusable: who uses them by keyboard must not lose the place.
  const step = (next: number) => {
    if (next >= 1 && next <= maximum) onChange(next);
  };
  const options = Array.from({ length: Math.max(maximum, value) }, (_, index) => index + 1);
  return (
    <div className="quantity" role="group" aria-label={`Quantity of ${name}`}>
      <button
        type="button"
        aria-label={`One less of ${name}`}
        aria-disabled={value <= 1}
        onClick={() => {
          step(value - 1);
        }}
      >
        <Icon name="minus" />
      </button>
      <label htmlFor={id} className="visually-hidden">
        Quantity of {name}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onChange(Number(event.target.value));
        }}
      >
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
      <button
        type="button"
        aria-label={`One more of ${name}`}
        aria-disabled={value >= maximum}
        onClick={() => {
          step(value + 1);
        }}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}
