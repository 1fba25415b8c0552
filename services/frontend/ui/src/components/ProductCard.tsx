import { Link } from "wouter";
import type { Product } from "../api/product";
import { paths } from "../routing/paths";
import { Price } from "./Price";
import { ProductImage } from "./ProductImage";
import { StockHint } from "./StockHint";

interface Properties {
  readonly product: Product;
  /** One below the heading that the card stands under. */
  readonly heading: "h2" | "h3";
  readonly eager: boolean;
}

export function ProductCard({ product, heading: Heading, eager }: Properties) {
  return (
    <article className="product-card">
      <div className="product-card__picture">
        <ProductImage src={product.image} eager={eager} />
      </div>
      <Heading className="product-card__name">
        <Link href={paths.product(product.id)}>{product.name}</Link>
      </Heading>
      <p className="product-card__facts">
        <Price money={product.price} />
        <StockHint stock={product.stock} />
      </p>
    </article>
  );
}
