import { useSearchParams } from "wouter";
import { EmptyState } from "../components/EmptyState";
import { ProductListing } from "../components/ProductListing";
import { usePageTitle } from "../routing/use-page-title";

export function SearchPage() {
  const [query] = useSearchParams();
  const words = (query.get("q") ?? "").trim();
  usePageTitle(words === "" ? "Search" : `Results for “${words}”`);
  if (words === "") {
    return (
      <div className="container page">
        <h1>Search</h1>
        <EmptyState title="What are you looking for?">
          <p>Type a few words into the field at the top.</p>
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="container page">
      <h1>Results for “{words}”</h1>
      <ProductListing
        key={words}
        filter={{ search: words }}
        sorts={["relevance", "newest", "price", "-price", "name"]}
        empty={
          <EmptyState title="Nothing found">
            <p>Try fewer or more general words, or pick a category at the top.</p>
          </EmptyState>
        }
      />
    </div>
  );
}
