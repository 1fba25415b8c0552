import { CategoryTiles } from "../components/CategoryTiles";
import { Hero } from "../components/Hero";
import { ProductShelf } from "../components/ProductShelf";
import {
  available,
  onePerCategory,
  useShopWindow,
  useTreasures,
} from "../resource/use-shop-window";
import { usePageTitle } from "../routing/use-page-title";

export function HomePage() {
  usePageTitle("Good things for every day");
  const shopWindow = useShopWindow();
  const treasures = useTreasures();
  const newest = shopWindow.kind === "ready" ? shopWindow.value.items : [];
  return (
    <>
      <Hero products={available(newest).slice(0, 3)} />
      <div className="container home">
        <CategoryTiles examples={onePerCategory(newest)} />
        <ProductShelf title="New in the shop" products={shopWindow} pick={available} count={8} />
        <ProductShelf
          title="Worth saving up for"
          products={treasures}
          pick={(items) => onePerCategory(available(items))}
          count={4}
        />
      </div>
    </>
  );
}
