import { Link } from "wouter";
import { pageNumbers } from "./page-numbers";

interface Properties {
  readonly page: number;
  readonly last: number;
  readonly hrefOf: (page: number) => string;
}

export function Pagination({ page, last, hrefOf }: Properties) {
  if (last <= 1) return null;
  return (
    <nav aria-label="Pages" className="pagination">
      {page > 1 && (
        <Link href={hrefOf(page - 1)} className="pagination__step" rel="prev">
          Previous
        </Link>
      )}
      <ol>
        {pageNumbers(page, last).map((number, index) => (
          <li key={number === "gap" ? `gap-${index}` : number}>
            {number === "gap" ? (
              <span className="pagination__gap">…</span>
            ) : (
              <Link
                href={hrefOf(number)}
                aria-label={`Page ${number}`}
                aria-current={number === page ? "page" : undefined}
              >
                {number}
              </Link>
            )}
          </li>
        ))}
      </ol>
      {page < last && (
        <Link href={hrefOf(page + 1)} className="pagination__step" rel="next">
          Next
        </Link>
      )}
    </nav>
  );
}
