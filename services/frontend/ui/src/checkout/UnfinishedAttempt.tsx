import { Notice } from "../components/Notice";
import type { CheckoutAttempt } from "./checkout-attempt";
import { useCheckout } from "./use-checkout";

/** After a lost answer the cart may be gone because it was sold: asking again tells. */
export function UnfinishedAttempt({ attempt }: { attempt: CheckoutAttempt }) {
  const { isSending, problem, place } = useCheckout();
  return (
    <Notice tone="info" title="Your last order is unfinished">
      <p>
        {problem && !problem.isOutcomeUnknown
          ? "That order was not placed, and nothing was charged."
          : "The connection was lost before we could tell you how it ended."}
      </p>
      <button
        type="button"
        className="button button--primary"
        aria-disabled={isSending}
        onClick={() => void place(attempt.request)}
      >
        {isSending ? "Asking…" : "Finish that order"}
      </button>
    </Notice>
  );
}
