import type { Ref } from "react";
import { Link } from "wouter";
import type { Cart } from "../api/cart";
import type { Problem } from "../api/problem";
import { paths } from "../routing/paths";
import { explainRefusal } from "./refusal";

interface Properties {
  readonly problem: Problem;
  readonly cart: Cart;
  readonly ref: Ref<HTMLDivElement>;
}

export function RefusalNotice({ problem, cart, ref }: Properties) {
  const { title, advice, leadsToCart } = explainRefusal(problem, cart);
  return (
    <div className="notice notice--problem" role="alert" tabIndex={-1} ref={ref}>
      <p className="notice__title">{title}</p>
      <p>{advice}</p>
      {leadsToCart && (
        <Link className="button button--quiet" href={paths.cart}>
          Go to your cart
        </Link>
      )}
    </div>
  );
}
