import { SORTS, type Sort } from "../api/product";
import type { Listing } from "./paths";

/** The API's own bound. */
const MAXIMUM_PAGE = 10_000;

/** Reads sort and page out of an address that anybody may have typed. */
export function readListing(query: URLSearchParams, defaultSort: Sort): Listing {
  const sort = SORTS.find((known) => known === query.get("sort")) ?? defaultSort;
  const page = Number(query.get("page") ?? "1");
  const isPage = Number.isInteger(page) && page >= 1 && page <= MAXIMUM_PAGE;
  return { sort, page: isPage ? page : 1 };
}
