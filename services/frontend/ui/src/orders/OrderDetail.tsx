import { Link } from "wouter";
import type { Order } from "../api/order";
import { Icon } from "../components/Icon";
import { Price } from "../components/Price";
import { paths } from "../routing/paths";
import { CancelOrder } from "./CancelOrder";
import { DeliveryAddress } from "./DeliveryAddress";
import { OrderStatus } from "./OrderStatus";
import { formatMoment, shortNumber } from "./order-words";

interface Properties {
  readonly order: Order;
  readonly token: string;
  readonly onCancelled: (order: Order) => void;
}

export function OrderDetail({ order, token, onCancelled }: Properties) {
  const isPaid = order.status === "paid";
  return (
    <>
      <div className="order-head">
        {isPaid && (
          <span className="order-head__mark">
            <Icon name="check" />
          </span>
        )}
        <div>
          <h1>{isPaid ? "Thank you, your order is paid" : "This order was cancelled"}</h1>
          <p>
            Order {shortNumber(order.id)}, placed on {formatMoment(order.created_at)}{" "}
            <OrderStatus status={order.status} />
          </p>
        </div>
      </div>
      <section className="panel" aria-labelledby="lines-title">
        <h2 id="lines-title">What you ordered</h2>
        <OrderLines order={order} />
      </section>
      {order.customer && <DeliveryAddress customer={order.customer} />}
      <div className="order-actions">
        <Link className="button button--primary" href={paths.home}>
          Continue shopping
        </Link>
        {isPaid && <CancelOrder order={order} token={token} onCancelled={onCancelled} />}
      </div>
    </>
  );
}

function OrderLines({ order }: { order: Order }) {
  return (
    <table className="order-lines">
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col">Pieces</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {order.items.map((line) => (
          <tr key={line.product_id}>
            <th scope="row">
              <Link href={paths.product(line.product_id)}>{line.name}</Link>
            </th>
            <td>{line.quantity}</td>
            <td>
              <Price money={line.line_total} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            Total
          </th>
          <td>
            <Price money={order.total} />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
