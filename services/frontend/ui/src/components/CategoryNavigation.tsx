import { Link } from "wouter";
import { useCategories } from "../resource/use-categories";
import { paths } from "../routing/paths";

/** The categories as a row; without an answer the pages still have search. */
export function CategoryNavigation() {
  const categories = useCategories();
  return (
    <nav aria-label="Categories" className="category-navigation">
      <ul className="container">
        {categories.kind === "ready" &&
          categories.value.map(({ id, name }) => (
            <li key={id}>
              <Link href={paths.category(id)} className={(active) => (active ? "is-active" : "")}>
                {name}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  );
}
