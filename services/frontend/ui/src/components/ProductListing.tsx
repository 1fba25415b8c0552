import type { ReactNode } from "react";
import { useLocation, useSearchParams } from "wouter";
import type { ProductPage, ProductQuery, Sort } from "../api/product";
import { shop } from "../api/shop";
import { useResource, type Resource } from "../resource/use-resource";
import { readListing } from "../routing/listing";
import { withListing } from "../routing/paths";
import { EmptyState } from "./EmptyState";
import { Failure } from "./Failure";
import { Pagination } from "./Pagination";
import { ProductGrid } from "./ProductGrid";
import { ProductGridSkeleton } from "./Skeleton";
import { SortSelect } from "./SortSelect";

const PER_PAGE = 24;

interface Properties {
  /** What the products have in common. */
  readonly filter: Pick<ProductQuery, "search" | "category">;
  /** The first is the default. */
  readonly sorts: readonly [Sort, ...Sort[]];
  readonly empty: ReactNode;
}

/** Sorted and paged products; sort and page live in the address. */
export function ProductListing({ filter, sorts, empty }: Properties) {
  const [path, navigate] = useLocation();
  const [query] = useSearchParams();
  const { sort, page } = readListing(query, sorts[0]);
  const request = { ...filter, sort, page, per_page: PER_PAGE };
  const products = useResource(`products ${JSON.stringify(request)}`, (signal) =>
    shop.products(request, signal),
  );

  if (products.kind === "ready" && products.value.total === 0) return empty;
  const last = products.kind === "ready" ? Math.ceil(products.value.total / PER_PAGE) : 1;
  const hrefOf = (next: number) => `${path}${withListing(query, { page: next }, sorts[0])}`;
  return (
    <>
      <div className="listing-bar">
        <p role="status">
          {products.kind === "ready" && summary(products.value.total, page, last)}
        </p>
        <SortSelect
          options={sorts}
          value={sort}
          onChange={(next) => {
            navigate(`${path}${withListing(query, { sort: next }, sorts[0])}`, { replace: true });
          }}
        />
      </div>
      <ListingBody products={products} />
      <Pagination page={page} last={last} hrefOf={hrefOf} />
    </>
  );
}

function ListingBody({ products }: { products: Resource<ProductPage> }) {
  switch (products.kind) {
    case "loading":
      return <ProductGridSkeleton count={8} />;
    case "failed":
      return <Failure problem={products.problem} what="the products" retry={products.retry} />;
    case "ready":
      return products.value.items.length > 0 ? (
        <ProductGrid products={products.value.items} heading="h2" />
      ) : (
        <EmptyState title="This page is empty">
          <p>There are not that many products. The first pages have them.</p>
        </EmptyState>
      );
  }
}

function summary(total: number, page: number, last: number): string {
  const products = total === 1 ? "1 product" : `${total} products`;
  return last > 1 ? `${products}, page ${page} of ${last}` : products;
}
