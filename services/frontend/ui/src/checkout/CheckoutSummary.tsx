import { Link } from "wouter";
import type { Cart } from "../api/cart";
import { Price } from "../components/Price";
import { ProductImage } from "../components/ProductImage";
import { paths } from "../routing/paths";

export function CheckoutSummary({ cart }: { cart: Cart }) {
  return (
    <aside className="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">Your order</h2>
      <ul className="summary__lines">
        {cart.items.map(({ product, quantity, line_total }) => (
          <li key={product.id}>
            <ProductImage src={product.image} />
            <span>
              {product.name}
              <small>{quantity} ×</small>
            </span>
            <Price money={line_total} />
          </li>
        ))}
      </ul>
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
      <Link href={paths.cart}>Change the cart</Link>
    </aside>
  );
}
