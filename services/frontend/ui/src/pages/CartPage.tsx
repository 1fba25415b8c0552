import { Link } from "wouter";
import type { Cart } from "../api/cart";
import { shop } from "../api/shop";
import { useCart, useCartSession } from "../cart/cart-context";
import { CartLines } from "../cart/CartLines";
import { CartUnavailable } from "../cart/CartUnavailable";
import { EmptyState } from "../components/EmptyState";
import { Price } from "../components/Price";
import { Recommended } from "../components/Recommended";
import { ListSkeleton } from "../components/Skeleton";
import { paths } from "../routing/paths";
import { usePageTitle } from "../routing/use-page-title";

export function CartPage() {
  usePageTitle("Your cart");
  const cart = useCart();
  const session = useCartSession();
  return (
    <div className="container page">
      <h1>Your cart</h1>
      {cart.kind === "loading" && <ListSkeleton count={4} />}
      {cart.kind === "failed" && (
        <CartUnavailable problem={cart.problem} retry={() => void session.load()} />
      )}
      {cart.kind === "empty" && (
        <EmptyState title="Your cart is empty">
          <p>Nothing in it yet. The shelves are full, though.</p>
          <Link className="button button--primary" href={paths.home}>
            Start browsing
          </Link>
        </EmptyState>
      )}
      {cart.kind === "filled" && <FilledCart cart={cart.cart} />}
    </div>
  );
}

function FilledCart({ cart }: { cart: Cart }) {
  const products = cart.items.map(({ product }) => product.id).join(" ");
  return (
    <>
      <div className="with-aside">
        <CartLines cart={cart} />
        <aside className="summary" aria-labelledby="summary-title">
          <h2 id="summary-title">Summary</h2>
          <dl>
            <div>
              <dt>Delivery</dt>
              <dd>Free</dd>
            </div>
            <div className="summary__total">
              <dt>Total</dt>
              <dd>
                <Price money={cart.total} />
              </dd>
            </div>
          </dl>
          <Link className="button button--primary button--wide" href={paths.checkout}>
            Go to checkout
          </Link>
        </aside>
      </div>
      <Recommended
        title="Goes well with your cart"
        resourceKey={`recommendations for cart ${cart.id} ${products}`}
        load={(signal) => shop.cartRecommendations(cart.id, signal)}
      />
    </>
  );
}
