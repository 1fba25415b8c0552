import { useEffect, useRef, type RefObject } from "react";
import { useLocation, useSearchParams } from "wouter";

/**
 * After a change of page, puts keyboard and screen reader at its beginning.
 * Going back keeps the place that the browser restores.
 */
export function useRouteFocus(main: RefObject<HTMLElement | null>): void {
  const [path] = useLocation();
  const [query] = useSearchParams();
  const place = `${path}?page=${query.get("page") ?? "1"}`;
  const lastPlace = useRef(place);
  const wentBack = useRef(false);

  useEffect(() => {
    const note = () => {
      wentBack.current = true;
    };
    window.addEventListener("popstate", note);
    return () => {
      window.removeEventListener("popstate", note);
    };
  }, []);

  useEffect(() => {
    if (lastPlace.current !== place) {
      main.current?.focus({ preventScroll: true });
      if (!wentBack.current) window.scrollTo(0, 0);
    }
    lastPlace.current = place;
    wentBack.current = false;
  }, [place, main]);
}
