import { Hero } from "../components/Hero";
import { CategoryTiles } from "../components/CategoryTiles";
import { ProductShelf } from "../components/ProductShelf";
import { usePageTitle } from "../routing/use-page-title";

export function HomePage() {
  usePageTitle("Good things for every day");
  return (
    <>
      <Hero />
      <div className="container home">
        <CategoryTiles />
        <ProductShelf title="New in the shop" query={{ sort: "newest", per_page: 8 }} />
        <ProductShelf title="Worth saving up for" query={{ sort: "-price", per_page: 4 }} />
      </div>
    </>
  );
}
