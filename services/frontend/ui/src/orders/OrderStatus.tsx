import type { Order } from "../api/order";

const WORDS: Record<Order["status"], string> = { paid: "Paid", cancelled: "Cancelled" };

export function OrderStatus({ status }: { status: Order["status"] }) {
  return <span className={`badge badge--${status}`}>{WORDS[status]}</span>;
}
