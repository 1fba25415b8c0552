import { Link } from "wouter";
import { countPieces } from "../api/cart";
import { useCart } from "../cart/cart-context";
import { paths } from "../routing/paths";
import { Icon } from "./Icon";

export function CartLink() {
  const cart = useCart();
  const pieces = cart.kind === "filled" ? countPieces(cart.cart) : 0;
  return (
    <Link
      href={paths.cart}
      className="cart-link"
      aria-label={pieces === 1 ? "Cart, 1 item" : `Cart, ${pieces} items`}
    >
      <Icon name="cart" />
      <span className="cart-link__word">Cart</span>
      {pieces > 0 && <span className="cart-link__count">{pieces}</span>}
    </Link>
  );
}
