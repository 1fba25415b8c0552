import { useId } from "react";
import type { Sort } from "../api/product";

const LABELS: Record<Sort, string> = {
  relevance: "Best match",
  newest: "Newest first",
  price: "Price, low to high",
  "-price": "Price, high to low",
  name: "Name, A to Z",
};

interface Properties {
  readonly options: readonly Sort[];
  readonly value: Sort;
  readonly onChange: (sort: Sort) => void;
}

export function SortSelect({ options, value, onChange }: Properties) {
  const id = useId();
  return (
    <div className="sort-select">
      <label htmlFor={id}>Sort by</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option === event.target.value);
          if (chosen) onChange(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {LABELS[option]}
          </option>
        ))}
      </select>
    </div>
  );
}
