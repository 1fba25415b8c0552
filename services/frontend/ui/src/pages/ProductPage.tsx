import type { Product } from "../api/product";
import { shop } from "../api/shop";
import { AddToCart } from "../cart/AddToCart";
import { Breadcrumbs } from "../components/Breadcrumbs";
import { Failure } from "../components/Failure";
import { Price } from "../components/Price";
import { ProductImage } from "../components/ProductImage";
import { Recommended } from "../components/Recommended";
import { DetailSkeleton } from "../components/Skeleton";
import { StockHint } from "../components/StockHint";
import { useCategories } from "../resource/use-categories";
import { useResource } from "../resource/use-resource";
import { paths } from "../routing/paths";
import { usePageTitle } from "../routing/use-page-title";
import { NotFoundPage } from "./NotFoundPage";

const RECOMMENDED = 4;

/** Ids are positive 32-bit integers; nothing else is worth a request. */
const PRODUCT_ID = /^[1-9]\d{0,9}$/;

export function ProductPage({ id }: { id: string }) {
  return PRODUCT_ID.test(id) ? <KnownProduct id={Number(id)} /> : <NotFoundPage />;
}

function KnownProduct({ id }: { id: number }) {
  const product = useResource(`product ${id}`, (signal) => shop.product(id, signal));
  usePageTitle(product.kind === "ready" ? product.value.name : undefined);
  if (product.kind === "failed" && product.problem.isMissing) return <NotFoundPage />;
  return (
    <div className="container page">
      {product.kind === "loading" && <DetailSkeleton />}
      {product.kind === "failed" && (
        <>
          <h1>Product</h1>
          <Failure problem={product.problem} what="this product" retry={product.retry} />
        </>
      )}
      {product.kind === "ready" && <Detail product={product.value} />}
      {product.kind !== "failed" && (
        <Recommended
          title="Often bought together"
          resourceKey={`recommendations for product ${id}`}
          load={(signal) => shop.recommendationsFor(id, RECOMMENDED, signal)}
        />
      )}
    </div>
  );
}

function Detail({ product }: { product: Product }) {
  const categories = useCategories();
  const category =
    categories.kind === "ready"
      ? categories.value.find(({ id }) => id === product.category)
      : undefined;
  const shelf = category ? [{ name: category.name, href: paths.category(category.id) }] : [];
  return (
    <>
      <Breadcrumbs trail={[{ name: "Home", href: paths.home }, ...shelf, { name: product.name }]} />
      <article className="product-detail">
        <div className="product-detail__picture">
          <ProductImage src={product.image} alt={`Picture of ${product.name}`} eager />
        </div>
        <div className="product-detail__words">
          {category && <p className="eyebrow">{category.name}</p>}
          <h1>{product.name}</h1>
          <p className="product-detail__price">
            <Price money={product.price} /> <StockHint stock={product.stock} />
          </p>
          <p className="product-detail__description">{product.description}</p>
          <AddToCart product={product} />
          <p className="product-detail__number">Item number {product.id}</p>
        </div>
      </article>
    </>
  );
}
