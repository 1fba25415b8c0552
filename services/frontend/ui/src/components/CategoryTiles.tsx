import { Link } from "wouter";
import type { Product } from "../api/product";
import { useCategories } from "../resource/use-categories";
import { paths } from "../routing/paths";
import { Failure } from "./Failure";
import { ProductImage } from "./ProductImage";
import { ListSkeleton } from "./Skeleton";

interface Properties {
  /** At most one product per category, for its picture. */
  readonly examples: readonly Product[];
}

export function CategoryTiles({ examples }: Properties) {
  const categories = useCategories();
  return (
    <section className="section" aria-label="Categories of the shop" id="categories">
      <h2 className="section__title">Find your corner</h2>
      {categories.kind === "loading" && <ListSkeleton count={4} />}
      {categories.kind === "failed" && (
        <Failure problem={categories.problem} what="the categories" retry={categories.retry} />
      )}
      {categories.kind === "ready" && (
        <ul className="category-tiles">
          {categories.value.map(({ id, name, products }) => (
            <li key={id} className="category-tile">
              <CategoryPicture example={examples.find(({ category }) => category === id)} />
              <div>
                <Link href={paths.category(id)}>{name}</Link>
                <span>{products} products</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function CategoryPicture({ example }: { example: Product | undefined }) {
  return (
    <div className="category-tile__picture">
      {example && <ProductImage src={example.image} eager />}
    </div>
  );
}
