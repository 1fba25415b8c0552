import { createContext, useContext, useSyncExternalStore } from "react";
import type { CartSession, CartState } from "./cart-session";

export const CartContext = createContext<CartSession | null>(null);

export function useCartSession(): CartSession {
  const session = useContext(CartContext);
  if (session === null) throw new Error("no CartContext around this component");
  return session;
}

export function useCart(): CartState {
  const session = useCartSession();
  return useSyncExternalStore(session.subscribe, session.state);
}
