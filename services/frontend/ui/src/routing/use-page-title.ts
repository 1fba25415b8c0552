import { useEffect } from "react";
import { announce } from "../components/announcement";

/** Sets the title of the page and says it; while it is unknown the one before stays. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    document.title = `${title} – ShopMicro`;
    announce(title);
  }, [title]);
}
