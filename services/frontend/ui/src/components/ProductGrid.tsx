import type { Product } from "../api/product";
import { ProductCard } from "./ProductCard";

/** How many cards are on the screen before anybody scrolls. */
const ABOVE_THE_FOLD = 4;

interface Properties {
  readonly products: readonly Product[];
  /** The level of the names of the products. */
  readonly heading?: "h2" | "h3";
}

export function ProductGrid({ products, heading = "h3" }: Properties) {
  return (
    <ul className="product-grid">
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} heading={heading} eager={index < ABOVE_THE_FOLD} />
        </li>
      ))}
    </ul>
  );
}
