import type { ReactNode } from "react";

interface Properties {
  readonly tone: "info" | "problem" | "success";
  readonly title: string;
  readonly children?: ReactNode;
}

/** A framed message that stays on the page. */
export function Notice({ tone, title, children }: Properties) {
  return (
    <div className={`notice notice--${tone}`} role={tone === "problem" ? "alert" : "status"}>
      <p className="notice__title">{title}</p>
      {children}
    </div>
  );
}
