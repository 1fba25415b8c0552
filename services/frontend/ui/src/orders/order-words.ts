/** The first part of an order's id: enough to tell one's own orders apart. */
export function shortNumber(id: string): string {
  return id.slice(0, 8).toUpperCase();
}

/** A moment in RFC 3339, in the customer's own time zone. */
export function formatMoment(moment: string): string {
  return new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" }).format(
    new Date(moment),
  );
}
