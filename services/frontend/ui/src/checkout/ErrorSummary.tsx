import type { Ref } from "react";
import type { FieldName } from "./checkout-form";
import type { FieldErrors } from "./validation";

interface Properties {
  readonly errors: FieldErrors;
  readonly ref: Ref<HTMLDivElement>;
}

/** All mistakes at one place; each leads to its field. */
export function ErrorSummary({ errors, ref }: Properties) {
  const entries = Object.entries(errors) as [FieldName, string][];
  if (entries.length === 0) return null;
  return (
    <div className="notice notice--problem" role="alert" tabIndex={-1} ref={ref}>
      <p className="notice__title">Please check these fields</p>
      <ul>
        {entries.map(([name, message]) => (
          <li key={name}>
            <a
              href={`#${name}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(name)?.focus();
              }}
            >
              {message}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
