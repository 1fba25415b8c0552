import type { ProductQuery } from "../api/product";
import { shop } from "../api/shop";
import { useResource } from "../resource/use-resource";
import { Failure } from "./Failure";
import { ProductGrid } from "./ProductGrid";
import { ProductGridSkeleton } from "./Skeleton";

interface Properties {
  readonly title: string;
  readonly query: ProductQuery & { readonly per_page: number };
}

/** A titled handful of products. */
export function ProductShelf({ title, query }: Properties) {
  const products = useResource(`products ${JSON.stringify(query)}`, (signal) =>
    shop.products(query, signal),
  );
  return (
    <section className="section" aria-label={title}>
      <h2 className="section__title">{title}</h2>
      {products.kind === "loading" && <ProductGridSkeleton count={query.per_page} />}
      {products.kind === "failed" && (
        <Failure problem={products.problem} what="these products" retry={products.retry} />
      )}
      {products.kind === "ready" && <ProductGrid products={products.value.items} />}
    </section>
  );
}
