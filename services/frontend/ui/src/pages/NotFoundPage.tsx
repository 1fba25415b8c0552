import { Link } from "wouter";
import { EmptyState } from "../components/EmptyState";
import { usePageTitle } from "../routing/use-page-title";
import { paths } from "../routing/paths";

export function NotFoundPage() {
  usePageTitle("Page not found");
  return (
    <div className="container page">
      <h1>Page not found</h1>
      <EmptyState title="There is nothing at this address">
        <p>It may have been sold out for good, or the address has a mistake.</p>
        <Link className="button button--primary" href={paths.home}>
          Back to the shop
        </Link>
      </EmptyState>
    </div>
  );
}
