import { Link } from "wouter";
import { paths } from "../routing/paths";
import { CartLink } from "./CartLink";
import { CategoryNavigation } from "./CategoryNavigation";
import { SearchForm } from "./SearchForm";

export function Header() {
  return (
    <header className="header">
      <div className="container header__bar">
        <Link href={paths.home} className="logo" aria-label="ShopMicro, home">
          <svg viewBox="0 0 32 32" aria-hidden="true" className="logo__mark">
            <rect width="32" height="32" rx="9" />
            <path
              className="logo__bag"
              d="M9 12h14l-1.2 11.2a2 2 0 0 1-2 1.8h-7.6a2 2 0 0 1-2-1.8z"
            />
            <path className="logo__handle" d="M12.5 14v-3a3.5 3.5 0 0 1 7 0v3" />
          </svg>
          <span>
            Shop<b>Micro</b>
          </span>
        </Link>
        <SearchForm />
        <CartLink />
      </div>
      <CategoryNavigation />
    </header>
  );
}
