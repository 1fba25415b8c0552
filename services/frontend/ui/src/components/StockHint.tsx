const FEW = 5;

/** How soon a customer should make up their mind. */
export function StockHint({ stock }: { stock: number }) {
  if (stock <= 0) return <span className="stock stock--out">Sold out</span>;
  if (stock <= FEW) return <span className="stock stock--few">Only {stock} left</span>;
  return <span className="stock stock--many">In stock</span>;
}
