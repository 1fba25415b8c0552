import { useState } from "react";
import { useLocation } from "wouter";
import type { OrderRequest } from "../api/order";
import { toProblem, type Problem } from "../api/problem";
import { shop } from "../api/shop";
import { useCartSession } from "../cart/cart-context";
import { rememberOrder } from "../orders/known-orders";
import { paths } from "../routing/paths";
import { beginAttempt, endAttempt } from "./checkout-attempt";

export interface Checkout {
  readonly isSending: boolean;
  readonly problem: Problem | undefined;
  readonly place: (request: OrderRequest) => Promise<void>;
}

/** Places orders, and leads to the order that was placed. */
export function useCheckout(): Checkout {
  const session = useCartSession();
  const [, navigate] = useLocation();
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const place = async (request: OrderRequest) => {
    if (isSending) return;
    setSending(true);
    setProblem(undefined);
    const attempt = beginAttempt(window.sessionStorage, request);
    try {
      const order = await shop.placeOrder(attempt.request, attempt.key);
      endAttempt(window.sessionStorage);
      rememberOrder(window.localStorage, order);
      navigate(paths.order(order.id), { replace: true });
      session.forget();
    } catch (thrown) {
      const refusal = toProblem(thrown);
      // A bank that was silent may be asked again under the same key.
      if (!refusal.isOutcomeUnknown && refusal.kind !== "payment-timeout") {
        endAttempt(window.sessionStorage);
      }
      if (refusal.status === 409) await session.load();
      setProblem(refusal);
      setSending(false);
    }
  };

  return { isSending, problem, place };
}
