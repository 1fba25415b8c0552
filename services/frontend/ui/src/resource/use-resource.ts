import { useCallback, useEffect, useState } from "react";
import { toProblem, type Problem } from "../api/problem";
import { recall, remember } from "./resource-cache";

/** Something that the shop is asked for. */
export type Resource<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly problem: Problem; readonly retry: () => void };

type Load<T> = (signal: AbortSignal) => Promise<T>;

interface Outcome<T> {
  readonly key: string;
  readonly value?: T;
  readonly problem?: Problem;
}

/**
 * Loads what `key` names: an earlier answer is shown at once and then refreshed.
 * Equal keys must mean equal `load`s, which therefore need no memoisation.
 */
export function useResource<T>(key: string, load: Load<T>): Resource<T> {
  const [outcome, setOutcome] = useState<Outcome<T>>({ key: "" });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => {
    setOutcome({ key: "" });
    setAttempt((count) => count + 1);
  }, []);

  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => {
        remember(key, value);
        if (!controller.signal.aborted) setOutcome({ key, value });
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) setOutcome({ key, problem: toProblem(thrown) });
      },
    );
    return () => {
      controller.abort();
    };
    // `load` is a new closure each time; the key stands for it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, attempt]);

  if (outcome.key === key && outcome.value !== undefined) {
    return { kind: "ready", value: outcome.value };
  }
  if (outcome.key === key && outcome.problem) {
    return { kind: "failed", problem: outcome.problem, retry };
  }
  const earlier = recall(key) as T | undefined;
  return earlier === undefined ? { kind: "loading" } : { kind: "ready", value: earlier };
}
