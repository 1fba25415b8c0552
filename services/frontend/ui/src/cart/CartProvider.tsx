import { useEffect, useState, type ReactNode } from "react";
import { shop } from "../api/shop";
import { CartContext } from "./cart-context";
import { CartSession } from "./cart-session";

export function CartProvider({ children }: { children: ReactNode }) {
  const [session] = useState(() => new CartSession(shop, window.localStorage));

  useEffect(() => {
    void session.load();
    // Another tab of the same browser may have changed the cart.
    const reload = () => {
      if (document.visibilityState === "visible") void session.load();
    };
    document.addEventListener("visibilitychange", reload);
    return () => {
      document.removeEventListener("visibilitychange", reload);
    };
  }, [session]);

  return <CartContext value={session}>{children}</CartContext>;
}
