import type { Category } from "../api/product";
import { shop } from "../api/shop";
import { useResource, type Resource } from "./use-resource";

export function useCategories(): Resource<readonly Category[]> {
  return useResource("categories", (signal) => shop.categories(signal));
}
