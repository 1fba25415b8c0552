import { useState } from "react";
import { Link } from "wouter";
import type { Order } from "../api/order";
import { shop } from "../api/shop";
import { EmptyState } from "../components/EmptyState";
import { Failure } from "../components/Failure";
import { ListSkeleton } from "../components/Skeleton";
import { tokenOf } from "../orders/known-orders";
import { OrderDetail } from "../orders/OrderDetail";
import { shortNumber } from "../orders/order-words";
import { useResource } from "../resource/use-resource";
import { paths } from "../routing/paths";
import { usePageTitle } from "../routing/use-page-title";

export function OrderPage({ id }: { id: string }) {
  usePageTitle(`Order ${shortNumber(id)}`);
  const [token] = useState(() => tokenOf(window.localStorage, id));
  return (
    <div className="container page page--narrow">
      {token === undefined ? <UnknownOrder /> : <KnownOrder id={id} token={token} />}
    </div>
  );
}

function KnownOrder({ id, token }: { id: string; token: string }) {
  const order = useResource(`order ${id}`, (signal) => shop.order(id, token, signal));
  const [cancelled, setCancelled] = useState<Order>();
  if (order.kind === "failed" && order.problem.isMissing) return <UnknownOrder />;
  if (order.kind === "ready") {
    return (
      <OrderDetail order={cancelled ?? order.value} token={token} onCancelled={setCancelled} />
    );
  }
  return (
    <>
      <h1>Order {shortNumber(id)}</h1>
      {order.kind === "loading" ? (
        <ListSkeleton count={5} />
      ) : (
        <Failure problem={order.problem} what="your order" retry={order.retry} />
      )}
    </>
  );
}

function UnknownOrder() {
  return (
    <>
      <h1>Order not found</h1>
      <EmptyState title="We cannot show this order here">
        <p>An order is shown only in the browser that placed it.</p>
        <Link className="button button--quiet" href={paths.orders}>
          Your orders
        </Link>
      </EmptyState>
    </>
  );
}
