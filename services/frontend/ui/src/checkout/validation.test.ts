import { describe, expect, test } from "vitest";
import { EMPTY_FORM, toCustomer, type CheckoutForm } from "./checkout-form";
import { fromServer, validate } from "./validation";

const GOOD: CheckoutForm = {
  name: "Ada Example",
  email: "ada@example.com",
  line1: "Quiet Lane 12",
  line2: "",
  postalCode: "1010",
  city: "Vienna",
  country: "AT",
};

describe("validate", () => {
  test("accepts a complete form", () => {
    expect(validate(GOOD)).toEqual({});
  });

  test("asks for everything but the second address line", () => {
    expect(Object.keys(validate(EMPTY_FORM))).toEqual([
      "name",
      "email",
      "line1",
      "postalCode",
      "city",
      "country",
    ]);
  });

  test("takes blanks for nothing", () => {
    expect(validate({ ...GOOD, city: "  \t" })).toEqual({ city: "Enter the town or city" });
  });

  test.each(["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@example..com"])(
    "refuses %o as an e-mail address",
    (email) => {
      expect(validate({ ...GOOD, email })).toHaveProperty("email");
    },
  );

  test("bounds lengths as the server does", () => {
    expect(validate({ ...GOOD, name: "x".repeat(100) })).toEqual({});
    expect(validate({ ...GOOD, name: "x".repeat(101) })).toHaveProperty("name");
  });
});

test("the server's verdicts are put to their fields", () => {
  const errors = fromServer([
    { field: "customer.address.postal_code", message: "This is blank" },
    { field: "payment_token", message: "not a field of the form" },
  ]);
  expect(errors).toEqual({ postalCode: "This is blank" });
});

describe("toCustomer", () => {
  test("trims and leaves an empty second line out", () => {
    const { name, address } = toCustomer({ ...GOOD, name: " Ada ", line2: " " });
    expect(name).toBe("Ada");
    expect(address).not.toHaveProperty("line2");
  });

  test("keeps a second line", () => {
    expect(toCustomer({ ...GOOD, line2: "3rd floor" }).address.line2).toBe("3rd floor");
  });
});
