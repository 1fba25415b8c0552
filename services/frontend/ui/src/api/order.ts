import type { Money } from "./money";

export interface Address {
  readonly line1: string;
  readonly line2?: string;
  readonly postal_code: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface Customer {
  readonly name: string;
  readonly email: string;
  readonly address: Address;
}

export interface OrderRequest {
  readonly cart_id: string;
  readonly customer: Customer;
  readonly payment_token: string;
}

export interface OrderLine {
  readonly product_id: number;
  readonly name: string;
  readonly quantity: number;
  readonly unit_price: Money;
  readonly line_total: Money;
}

export interface Order {
  readonly id: string;
  readonly status: "paid" | "cancelled";
  readonly created_at: string;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly customer?: Customer;
}

/** What placing an order answers: the only time that the token is shown. */
export interface PlacedOrder extends Order {
  readonly token: string;
}
