import type { Cart } from "../api/cart";
import type { Problem } from "../api/problem";

/** Why there is no order, and what the customer may do about it. */
export interface Refusal {
  readonly title: string;
  readonly advice: string;
  /** Whether the cart has to change before another try makes sense. */
  readonly leadsToCart: boolean;
}

export function explainRefusal(problem: Problem, cart: Cart): Refusal {
  switch (problem.kind) {
    case "payment-declined":
      return {
        title: "Your card was declined",
        advice: "Nothing was charged and your cart is as it was. Please choose another card.",
        leadsToCart: false,
      };
    case "payment-timeout":
      return {
        title: "Your bank did not answer in time",
        advice: "Nothing was charged and your cart is as it was. Try again or choose another card.",
        leadsToCart: false,
      };
    case "out-of-stock":
      return {
        title: "Somebody was faster",
        advice: `There is not enough left of ${names(problem, cart)}. Please change your cart.`,
        leadsToCart: true,
      };
    case "cart-already-ordered":
      return {
        title: "This cart has been ordered already",
        advice: "Nothing was charged a second time. You find the order under “Your orders”.",
        leadsToCart: false,
      };
    case "price-changed":
      return {
        title: "A price has just changed",
        advice: "Nothing was charged. The sums on this page are up to date again.",
        leadsToCart: false,
      };
    default:
      return explainOther(problem);
  }
}

function explainOther(problem: Problem): Refusal {
  if (problem.isOutcomeUnknown) {
    return {
      title: "We do not know yet whether your order went through",
      advice: "Press the button again: an order that exists already is not placed twice.",
      leadsToCart: false,
    };
  }
  return { title: "Your order was not placed", advice: problem.message, leadsToCart: false };
}

function names(problem: Problem, cart: Cart): string {
  const missing = cart.items.filter(({ product }) => problem.productIds.includes(product.id));
  const words = missing.map(({ product }) => `“${product.name}”`);
  return words.length > 0 ? new Intl.ListFormat("en").format(words) : "something in your cart";
}
