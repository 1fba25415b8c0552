/**
 * A new random key. `crypto.randomUUID` would be shorter, but browsers offer it only on https
 * and loopback, and the shop also runs behind plain http names.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
