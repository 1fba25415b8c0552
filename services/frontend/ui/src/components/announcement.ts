type Listener = (text: string) => void;

let listener: Listener | undefined;

/** Has screen readers say something that only changed on the screen. */
export function announce(text: string): void {
  listener?.(text);
}

export function onAnnouncement(next: Listener): () => void {
  listener = next;
  return () => {
    listener = undefined;
  };
}
