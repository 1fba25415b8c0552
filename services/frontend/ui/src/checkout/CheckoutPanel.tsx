import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import type { Cart } from "../api/cart";
import { formatMoney } from "../api/money";
import { Icon } from "../components/Icon";
import { CustomerFields } from "./CustomerFields";
import { EMPTY_FORM, toCustomer, type FieldName } from "./checkout-form";
import { ErrorSummary } from "./ErrorSummary";
import { PaymentFields } from "./PaymentFields";
import { RefusalNotice } from "./RefusalNotice";
import { TEST_CARDS } from "./test-cards";
import { useCheckout } from "./use-checkout";
import { fromServer, validate, type FieldErrors } from "./validation";

/** The form that turns a cart into an order. */
export function CheckoutPanel({ cart }: { cart: Cart }) {
  const { isSending, problem, place } = useCheckout();
  const [form, setForm] = useState(EMPTY_FORM);
  const [token, setToken] = useState(TEST_CARDS[0].token);
  const [errors, setErrors] = useState<FieldErrors>({});
  const summary = useRef<HTMLDivElement>(null);
  const refusal = useRef<HTMLDivElement>(null);
  const [submission, setSubmission] = useState(0);

  const shown = { ...fromServer(problem?.fields ?? []), ...errors };
  const hasErrors = Object.keys(shown).length > 0;

  // Whatever stopped the order is where the customer goes on.
  useEffect(() => {
    if (submission > 0 && !isSending) (summary.current ?? refusal.current)?.focus();
  }, [submission, isSending]);

  const change = (name: FieldName, value: string) => {
    setForm({ ...form, [name]: value });
    setErrors({ ...errors, [name]: undefined });
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const mistakes = validate(form);
    setErrors(mistakes);
    setSubmission(submission + 1);
    if (Object.keys(mistakes).length > 0) return;
    void place({ cart_id: cart.id, customer: toCustomer(form), payment_token: token });
  };

  return (
    <form className="checkout-form" onSubmit={submit} noValidate aria-label="Checkout">
      {hasErrors && <ErrorSummary errors={shown} ref={summary} />}
      {problem && !hasErrors && <RefusalNotice problem={problem} cart={cart} ref={refusal} />}
      <CustomerFields form={form} errors={shown} onChange={change} />
      <PaymentFields token={token} onChange={setToken} />
      <button
        type="submit"
        className="button button--primary button--wide"
        aria-disabled={isSending}
      >
        <Icon name="lock" />
        {isSending ? "Placing your order…" : `Pay ${formatMoney(cart.total)}`}
      </button>
    </form>
  );
}
