import type { ReactNode } from "react";

/** Says that there is nothing, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty-state">
      <svg viewBox="0 0 64 64" aria-hidden="true" className="empty-state__picture">
        <path d="M14 22h36l-3.4 29a4 4 0 0 1-4 3.5H21.4a4 4 0 0 1-4-3.5z" />
        <path d="M22 27v-6a10 10 0 0 1 20 0v6" />
      </svg>
      <p className="empty-state__title">{title}</p>
      <div>{children}</div>
    </div>
  );
}
