import { TEST_CARDS } from "./test-cards";

interface Properties {
  readonly token: string;
  readonly onChange: (token: string) => void;
}

export function PaymentFields({ token, onChange }: Properties) {
  return (
    <fieldset className="fieldset" aria-describedby="payment-note">
      <legend>Payment</legend>
      <p className="fieldset__note" id="payment-note">
        This is a demonstration provider. No real card is asked for and no money moves: choose how
        the payment shall end.
      </p>
      <div className="cards">
        {TEST_CARDS.map((card) => (
          <label key={card.token} className="card-choice">
            <input
              type="radio"
              name="payment"
              value={card.token}
              checked={card.token === token}
              onChange={() => {
                onChange(card.token);
              }}
            />
            <span className="card-choice__words">
              <span className="card-choice__title">{card.title}</span>
              <span className="card-choice__effect">{card.effect}</span>
            </span>
            <span className="card-choice__digits" aria-hidden="true">
              {card.digits}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
