import { useRef, useState } from "react";
import type { Order } from "../api/order";
import { toProblem } from "../api/problem";
import { shop } from "../api/shop";
import { announce } from "../components/announcement";

interface Properties {
  readonly order: Order;
  readonly token: string;
  readonly onCancelled: (order: Order) => void;
}

/** Asks before it cancels: there is no way back. */
export function CancelOrder({ order, token, onCancelled }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [failure, setFailure] = useState<string>();

  const cancel = () => {
    shop.cancelOrder(order.id, token).then(
      (cancelled) => {
        dialog.current?.close();
        announce("Your order was cancelled");
        // The button that had the focus goes away with this answer.
        document.getElementById("main")?.focus();
        onCancelled({ ...order, ...cancelled });
      },
      (thrown: unknown) => {
        setFailure(toProblem(thrown).message);
      },
    );
  };

  return (
    <>
      <button
        type="button"
        className="button button--quiet"
        onClick={() => dialog.current?.showModal()}
      >
        Cancel this order
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="cancel-title">
        <h2 id="cancel-title">Cancel this order?</h2>
        <p>Everything in it goes back on the shelf. This cannot be undone.</p>
        {failure !== undefined && (
          <p className="error-text" role="alert">
            {failure}
          </p>
        )}
        <div className="dialog__buttons">
          <button
            type="button"
            className="button button--quiet"
            onClick={() => dialog.current?.close()}
          >
            Keep it
          </button>
          <button type="button" className="button button--danger" onClick={cancel}>
            Yes, cancel it
          </button>
        </div>
      </dialog>
    </>
  );
}
