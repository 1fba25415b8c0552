import { useState, type SyntheticEvent } from "react";
import { Link } from "wouter";
import { MAXIMUM_QUANTITY } from "../api/cart";
import { toProblem } from "../api/problem";
import type { Product } from "../api/product";
import { QuantityStepper } from "../components/QuantityStepper";
import { paths } from "../routing/paths";
import { useCart, useCartSession } from "./cart-context";
import { explainCartProblem } from "./cart-problem";

type Outcome =
  | { readonly kind: "none" | "sending" | "added" }
  | { readonly kind: "failed"; readonly message: string };

export function AddToCart({ product }: { product: Product }) {
  const session = useCartSession();
  useCart();
  const [pieces, setPieces] = useState(1);
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });

  const free = Math.min(product.stock, MAXIMUM_QUANTITY) - session.quantityOf(product.id);
  const add = (event: SyntheticEvent) => {
    event.preventDefault();
    setOutcome({ kind: "sending" });
    session.add(product.id, pieces).then(
      () => {
        setPieces(1);
        setOutcome({ kind: "added" });
      },
      (thrown: unknown) => {
        setOutcome({ kind: "failed", message: explainCartProblem(toProblem(thrown)) });
      },
    );
  };

  return (
    <form className="add-to-cart" onSubmit={add}>
      {free > 0 ? (
        <div className="add-to-cart__controls">
          <QuantityStepper
            value={Math.min(pieces, free)}
            maximum={free}
            name={product.name}
            onChange={setPieces}
          />
          <button
            type="submit"
            className="button button--primary"
            aria-disabled={outcome.kind === "sending"}
          >
            Add to cart
          </button>
        </div>
      ) : (
        <p className="add-to-cart__limit">{limit(product)}</p>
      )}
      <p className="add-to-cart__outcome" role="status">
        {outcome.kind === "added" && (
          <>
            Added to your cart. <Link href={paths.cart}>View cart</Link>
          </>
        )}
        {outcome.kind === "failed" && <span className="error-text">{outcome.message}</span>}
      </p>
    </form>
  );
}

function limit(product: Product): string {
  if (product.stock <= 0) return "Sold out at the moment. Have a look at what goes with it below.";
  return "All that we have of this is in your cart.";
}
