import type { Product } from "../api/product";
import { ProductCard } from "./ProductCard";

/** How many cards are on the screen before anybody scrolls. */
const ABOVE_THE_FOLD = 4;

export function ProductGrid({ products }: { products: readonly Product[] }) {
  return (
    <ul className="product-grid">
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard product={product} eager={index < ABOVE_THE_FOLD} />
        </li>
      ))}
    </ul>
  );
}
