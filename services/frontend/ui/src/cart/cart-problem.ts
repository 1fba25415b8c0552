import type { Problem } from "../api/problem";

/** Why a cart could not be read or changed, in the customer's words. */
export function explainCartProblem(problem: Problem): string {
  if (problem.isUnavailable) {
    return "Carts are taking a short break. You can go on browsing; please try again in a moment.";
  }
  return problem.message;
}
