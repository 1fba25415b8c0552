import type { Problem } from "../api/problem";
import { Notice } from "./Notice";

interface Properties {
  readonly problem: Problem;
  /** What could not be shown, for example "the products". */
  readonly what: string;
  readonly retry?: (() => void) | undefined;
}

/** What a customer reads in place of something that did not load. */
export function Failure({ problem, what, retry }: Properties) {
  return (
    <Notice tone="problem" title={`We could not load ${what}`}>
      <p>{explain(problem)}</p>
      {retry && (
        <button type="button" className="button button--quiet" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}

function explain(problem: Problem): string {
  if (!problem.isUnavailable) return problem.message;
  const pause = problem.retryAfterSeconds;
  const unit = pause === 1 ? "second" : "seconds";
  const when = pause === undefined ? "in a moment" : `in ${pause} ${unit}`;
  return `This part of the shop is taking a short break. Please try again ${when}.`;
}
