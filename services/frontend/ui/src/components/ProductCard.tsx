import { Link } from "wouter";
import type { Product } from "../api/product";
import { paths } from "../routing/paths";
import { Price } from "./Price";
import { ProductImage } from "./ProductImage";
import { StockHint } from "./StockHint";

export function ProductCard({ product, eager = false }: { product: Product; eager?: boolean }) {
  return (
    <article className="product-card">
      <div className="product-card__picture">
        <ProductImage src={product.image} eager={eager} />
      </div>
      <h3 className="product-card__name">
        <Link href={paths.product(product.id)}>{product.name}</Link>
      </h3>
      <p className="product-card__facts">
        <Price money={product.price} />
        <StockHint stock={product.stock} />
      </p>
    </article>
  );
}
