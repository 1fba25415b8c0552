const SHAPES = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zm4.7 11.2L20 20",
  cart: "M5.5 8h13l-1.2 10.6a1.6 1.6 0 0 1-1.6 1.4H8.3a1.6 1.6 0 0 1-1.6-1.4zM8.7 10.5V7.2a3.3 3.3 0 0 1 6.6 0v3.3",
  check: "M5 12.5l4.5 4.5L19 7.5",
  arrow: "M5 12h13M13 6.5l5.5 5.5-5.5 5.5",
  minus: "M6 12h12",
  plus: "M6 12h12M12 6v12",
  lock: "M7 11h10v8H7zM9 11V8.5a3 3 0 0 1 6 0V11",
} as const;

/** A decoration; what it means stands in words beside it or in a label. */
export function Icon({ name }: { name: keyof typeof SHAPES }) {
  return (
    <svg viewBox="0 0 24 24" className="icon" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
