import type { Customer } from "../api/order";
import { COUNTRIES } from "../checkout/countries";

export function DeliveryAddress({ customer: { name, email, address } }: { customer: Customer }) {
  const country = COUNTRIES.find(({ code }) => code === address.country)?.name ?? address.country;
  const lines = [
    name,
    address.line1,
    address.line2,
    `${address.postal_code} ${address.city}`,
    country,
  ].filter((line) => line !== undefined && line !== "");
  return (
    <section className="panel" aria-labelledby="address-title">
      <h2 id="address-title">Where it goes</h2>
      <address>
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        <span>{email}</span>
      </address>
    </section>
  );
}
