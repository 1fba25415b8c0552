import type { Problem } from "../api/problem";
import { Notice } from "../components/Notice";
import { explainCartProblem } from "./cart-problem";

export function CartUnavailable({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <Notice tone="problem" title="Your cart is not reachable right now">
      <p>{explainCartProblem(problem)}</p>
      <button type="button" className="button button--quiet" onClick={retry}>
        Try again
      </button>
    </Notice>
  );
}
