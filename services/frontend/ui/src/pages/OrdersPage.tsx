import { useState } from "react";
import { Link } from "wouter";
import { EmptyState } from "../components/EmptyState";
import { knownOrders } from "../orders/known-orders";
import { OrderEntry } from "../orders/OrderEntry";
import { paths } from "../routing/paths";
import { usePageTitle } from "../routing/use-page-title";

export function OrdersPage() {
  usePageTitle("Your orders");
  const [orders] = useState(() => knownOrders(window.localStorage));
  return (
    <div className="container page page--narrow">
      <h1>Your orders</h1>
      {orders.length === 0 ? (
        <EmptyState title="No orders from this browser">
          <p>An order is shown only in the browser that placed it.</p>
          <Link className="button button--primary" href={paths.home}>
            Start browsing
          </Link>
        </EmptyState>
      ) : (
        <ul className="order-entries">
          {orders.map((order) => (
            <OrderEntry key={order.id} order={order} />
          ))}
        </ul>
      )}
    </div>
  );
}
