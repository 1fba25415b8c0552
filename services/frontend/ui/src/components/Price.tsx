import { formatMoney, type Money } from "../api/money";

export function Price({ money, className }: { money: Money; className?: string }) {
  return <span className={`price ${className ?? ""}`.trim()}>{formatMoney(money)}</span>;
}
