import { Link } from "wouter";
import type { Product } from "../api/product";
import { paths } from "../routing/paths";
import { Icon } from "./Icon";
import { Price } from "./Price";
import { ProductImage } from "./ProductImage";

export function Hero({ products }: { products: readonly Product[] }) {
  return (
    <section className="hero" aria-labelledby="hero-title">
      <div className="container hero__columns">
        <div className="hero__words">
          <h1 id="hero-title">Good things, made to be used every day.</h1>
          <p>
            A small shop with a wide shelf: for the kitchen, the desk, the garden and the road. What
            you see is what is in stock.
          </p>
          <a className="button button--primary" href="#categories" onClick={scrollToCategories}>
            Start browsing <Icon name="arrow" />
          </a>
        </div>
        <HeroPictures products={products} />
      </div>
    </section>
  );
}

function HeroPictures({ products }: { products: readonly Product[] }) {
  return (
    <ul className="hero__pictures" aria-label="From the shelf">
      {products.map(({ id, name, price, image }) => (
        <li key={id}>
          <Link href={paths.product(id)}>
            <ProductImage src={image} eager />
            <span className="hero__label">
              <span className="hero__name">{name}</span> <Price money={price} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function scrollToCategories(event: React.MouseEvent) {
  const target = document.getElementById("categories");
  if (target === null) return;
  event.preventDefault();
  target.scrollIntoView();
  target.querySelector("a")?.focus({ preventScroll: true });
}
