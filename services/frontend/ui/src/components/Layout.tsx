import { useRef, type ReactNode } from "react";
import { useRouteFocus } from "../routing/use-route-focus";
import { Announcer } from "./Announcer";
import { Footer } from "./Footer";
import { Header } from "./Header";

export function Layout({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  useRouteFocus(main);
  return (
    <>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          // The address names a page, not a place in it.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <Announcer />
    </>
  );
}
