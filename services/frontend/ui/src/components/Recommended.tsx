import type { Recommendations } from "../api/product";
import { useResource } from "../resource/use-resource";
import { ProductGrid } from "./ProductGrid";
import { ProductGridSkeleton } from "./Skeleton";

interface Properties {
  readonly title: string;
  readonly resourceKey: string;
  readonly load: (signal: AbortSignal) => Promise<Recommendations>;
}

/** Suggestions. They are an extra: when they fail or are none, the page goes without. */
export function Recommended({ title, resourceKey, load }: Properties) {
  const recommended = useResource(resourceKey, load);
  if (recommended.kind === "failed") return null;
  if (recommended.kind === "ready" && recommended.value.items.length === 0) return null;
  return (
    <section className="section" aria-label={title}>
      <h2 className="section__title">{title}</h2>
      {recommended.kind === "loading" ? (
        <ProductGridSkeleton count={4} />
      ) : (
        <ProductGrid products={recommended.value.items} />
      )}
    </section>
  );
}
