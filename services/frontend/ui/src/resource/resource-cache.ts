const CAPACITY = 60;

/** The last answers, so that going back shows a page at once, in its old place. */
const answers = new Map<string, unknown>();

export function recall(key: string): unknown {
  return answers.get(key);
}

export function remember(key: string, answer: unknown): void {
  answers.delete(key);
  answers.set(key, answer);
  for (const oldest of answers.keys()) {
    if (answers.size <= CAPACITY) break;
    answers.delete(oldest);
  }
}
