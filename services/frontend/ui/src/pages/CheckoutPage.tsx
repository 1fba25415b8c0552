import { useState } from "react";
import { Link } from "wouter";
import { useCart, useCartSession } from "../cart/cart-context";
import { CartUnavailable } from "../cart/CartUnavailable";
import { openAttempt } from "../checkout/checkout-attempt";
import { CheckoutPanel } from "../checkout/CheckoutPanel";
import { CheckoutSummary } from "../checkout/CheckoutSummary";
import { UnfinishedAttempt } from "../checkout/UnfinishedAttempt";
import { EmptyState } from "../components/EmptyState";
import { ListSkeleton } from "../components/Skeleton";
import { paths } from "../routing/paths";
import { usePageTitle } from "../routing/use-page-title";

export function CheckoutPage() {
  usePageTitle("Checkout");
  const cart = useCart();
  const session = useCartSession();
  return (
    <div className="container page">
      <h1>Checkout</h1>
      {cart.kind === "loading" && <ListSkeleton count={6} />}
      {cart.kind === "failed" && (
        <CartUnavailable problem={cart.problem} retry={() => void session.load()} />
      )}
      {cart.kind === "empty" && <NothingToBuy />}
      {cart.kind === "filled" && (
        <div className="with-aside">
          <CheckoutPanel cart={cart.cart} />
          <CheckoutSummary cart={cart.cart} />
        </div>
      )}
    </div>
  );
}

function NothingToBuy() {
  const [attempt] = useState(() => openAttempt(window.sessionStorage));
  if (attempt) return <UnfinishedAttempt attempt={attempt} />;
  return (
    <EmptyState title="There is nothing to pay for">
      <p>Your cart is empty.</p>
      <Link className="button button--primary" href={paths.home}>
        Start browsing
      </Link>
    </EmptyState>
  );
}
