import { useState } from "react";
import { Link } from "wouter";
import { MAXIMUM_QUANTITY, type Cart, type CartLine } from "../api/cart";
import { toProblem } from "../api/problem";
import { announce } from "../components/announcement";
import { Notice } from "../components/Notice";
import { Price } from "../components/Price";
import { ProductImage } from "../components/ProductImage";
import { QuantityStepper } from "../components/QuantityStepper";
import { paths } from "../routing/paths";
import { useCartSession } from "./cart-context";
import { explainCartProblem } from "./cart-problem";

export function CartLines({ cart }: { cart: Cart }) {
  const session = useCartSession();
  const [failure, setFailure] = useState<string>();
  const change = (line: CartLine, quantity: number) => {
    session.setQuantity(line.product.id, quantity).then(
      () => {
        setFailure(undefined);
        announce(
          quantity === 0
            ? `${line.product.name} removed`
            : `${quantity} times ${line.product.name} in your cart`,
        );
      },
      (thrown: unknown) => {
        setFailure(explainCartProblem(toProblem(thrown)));
      },
    );
  };
  return (
    <div>
      {failure !== undefined && (
        <Notice tone="problem" title="Your cart was not changed">
          <p>{failure}</p>
        </Notice>
      )}
      <ul className="cart-lines" aria-label="Products in your cart">
        {cart.items.map((line) => (
          <Line
            key={line.product.id}
            line={line}
            onChange={(quantity) => {
              change(line, quantity);
            }}
          />
        ))}
      </ul>
    </div>
  );
}

function Line({ line, onChange }: { line: CartLine; onChange: (quantity: number) => void }) {
  const { product, quantity, line_total } = line;
  const maximum = Math.min(product.stock, MAXIMUM_QUANTITY);
  return (
    <li className="cart-line">
      <div className="cart-line__picture">
        <ProductImage src={product.image} />
      </div>
      <div className="cart-line__words">
        <h2 className="cart-line__name">
          <Link href={paths.product(product.id)}>{product.name}</Link>
        </h2>
        <p className="cart-line__unit">
          <Price money={product.price} /> each
        </p>
        {quantity > product.stock && (
          <p className="error-text">
            {product.stock === 0 ? "Sold out since you added it." : `Only ${product.stock} left.`}
          </p>
        )}
      </div>
      <div className="cart-line__controls">
        <QuantityStepper
          value={quantity}
          maximum={maximum}
          name={product.name}
          onChange={onChange}
        />
        <button
          type="button"
          className="text-button"
          aria-label={`Remove ${product.name}`}
          onClick={() => {
            onChange(0);
          }}
        >
          Remove
        </button>
      </div>
      <Price money={line_total} className="cart-line__total" />
    </li>
  );
}
