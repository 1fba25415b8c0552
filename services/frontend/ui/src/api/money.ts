/** An amount in the currency's minor unit (cents for EUR). */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** The price as a customer reads it, for example "€1,299.00". */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
