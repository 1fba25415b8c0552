import { Link } from "wouter";
import { useCategories } from "../resource/use-categories";
import { paths } from "../routing/paths";
import { Failure } from "./Failure";
import { ListSkeleton } from "./Skeleton";

export function CategoryTiles() {
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
              <Link href={paths.category(id)}>{name}</Link>
              <span>{products} products</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
