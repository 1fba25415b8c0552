import type { Product, ProductPage } from "../api/product";
import type { Resource } from "../resource/use-resource";
import { Failure } from "./Failure";
import { ProductGrid } from "./ProductGrid";
import { ProductGridSkeleton } from "./Skeleton";

interface Properties {
  readonly title: string;
  readonly products: Resource<ProductPage>;
  readonly pick: (products: readonly Product[]) => readonly Product[];
  readonly count: number;
}

/** A titled handful of products. */
export function ProductShelf({ title, products, pick, count }: Properties) {
  return (
    <section className="section" aria-label={title}>
      <h2 className="section__title">{title}</h2>
      {products.kind === "loading" && <ProductGridSkeleton count={count} />}
      {products.kind === "failed" && (
        <Failure problem={products.problem} what="these products" retry={products.retry} />
      )}
      {products.kind === "ready" && (
        <ProductGrid products={pick(products.value.items).slice(0, count)} />
      )}
    </section>
  );
}
