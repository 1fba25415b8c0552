import { Link } from "wouter";
import { shop } from "../api/shop";
import { Price } from "../components/Price";
import { useResource } from "../resource/use-resource";
import { paths } from "../routing/paths";
import type { KnownOrder } from "./known-orders";
import { OrderStatus } from "./OrderStatus";
import { formatMoment, shortNumber } from "./order-words";

export function OrderEntry({ order: { id, token } }: { order: KnownOrder }) {
  const order = useResource(`order ${id}`, (signal) => shop.order(id, token, signal));
  return (
    <li className="order-entry">
      <Link href={paths.order(id)}>Order {shortNumber(id)}</Link>
      {order.kind === "loading" && <span role="status">Loading…</span>}
      {order.kind === "failed" && <span className="error-text">Not available right now</span>}
      {order.kind === "ready" && (
        <>
          <span>{formatMoment(order.value.created_at)}</span>
          <OrderStatus status={order.value.status} />
          <Price money={order.value.total} />
        </>
      )}
    </li>
  );
}
