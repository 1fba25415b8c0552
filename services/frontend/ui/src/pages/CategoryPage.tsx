import { Link } from "wouter";
import { Breadcrumbs } from "../components/Breadcrumbs";
import { EmptyState } from "../components/EmptyState";
import { ProductListing } from "../components/ProductListing";
import { useCategories } from "../resource/use-categories";
import { usePageTitle } from "../routing/use-page-title";
import { paths } from "../routing/paths";
import { NotFoundPage } from "./NotFoundPage";

export function CategoryPage({ id }: { id: string }) {
  const categories = useCategories();
  const category =
    categories.kind === "ready" ? categories.value.find((known) => known.id === id) : undefined;
  usePageTitle(category?.name);
  if (categories.kind === "ready" && category === undefined) return <NotFoundPage />;
  const name = category?.name ?? "Category";
  return (
    <div className="container page">
      <Breadcrumbs trail={[{ name: "Home", href: paths.home }, { name }]} />
      <h1>{name}</h1>
      <ProductListing
        filter={{ category: id }}
        sorts={["newest", "price", "-price", "name"]}
        empty={
          <EmptyState title="This shelf is empty">
            <Link className="button button--quiet" href={paths.home}>
              See the other categories
            </Link>
          </EmptyState>
        }
      />
    </div>
  );
}
