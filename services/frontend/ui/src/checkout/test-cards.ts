/** A card of the simulated payment provider. */
export interface TestCard {
  readonly token: string;
  readonly title: string;
  readonly digits: string;
  readonly effect: string;
}

export const TEST_CARDS: readonly [TestCard, ...TestCard[]] = [
  {
    token: "tok_ok",
    title: "Card that is approved",
    digits: "•••• 4242",
    effect: "The payment goes through.",
  },
  {
    token: "tok_declined",
    title: "Card that is declined",
    digits: "•••• 0002",
    effect: "The bank says no; nothing is charged.",
  },
  {
    token: "tok_timeout",
    title: "Card whose bank is silent",
    digits: "•••• 0408",
    effect: "The bank does not answer in time; nothing is charged.",
  },
];
