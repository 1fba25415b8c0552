/** Grey shapes of the products to come. */
export function ProductGridSkeleton({ count }: { count: number }) {
  return (
    <Waiting>
      <div className="product-grid">
        {Array.from({ length: count }, (_, index) => (
          <div className="product-card" key={index}>
            <div className="skeleton skeleton--picture" />
            <div className="skeleton skeleton--line" />
            <div className="skeleton skeleton--short-line" />
          </div>
        ))}
      </div>
    </Waiting>
  );
}

/** Grey shape of a picture and the text beside it. */
export function DetailSkeleton() {
  return (
    <Waiting>
      <div className="product-detail">
        <div className="skeleton skeleton--picture" />
        <LinesSkeleton count={5} />
      </div>
    </Waiting>
  );
}

/** Grey shapes of a list or text. */
export function ListSkeleton({ count }: { count: number }) {
  return (
    <Waiting>
      <LinesSkeleton count={count} />
    </Waiting>
  );
}

function LinesSkeleton({ count }: { count: number }) {
  return (
    <div>
      {Array.from({ length: count }, (_, index) => (
        <div className="skeleton skeleton--line" key={index} />
      ))}
    </div>
  );
}

function Waiting({ children }: { children: React.ReactNode }) {
  return (
    <div role="status">
      <span className="visually-hidden">Loading…</span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}
