import { describe, expect, test } from "vitest";
import { formatMoney } from "./money";

describe("formatMoney", () => {
  test("turns minor units into a price", () => {
    expect(formatMoney({ amount: 1999, currency: "EUR" })).toBe("€19.99");
    expect(formatMoney({ amount: 5, currency: "EUR" })).toBe("€0.05");
  });

  test("groups thousands", () => {
    expect(formatMoney({ amount: 129_900, currency: "EUR" })).toBe("€1,299.00");
  });

  test("knows currencies without or with other fractions", () => {
    expect(formatMoney({ amount: 500, currency: "JPY" })).toBe("¥500");
    expect(formatMoney({ amount: 1500, currency: "KWD" })).toBe("KWD\u00a01.500");
  });
});
