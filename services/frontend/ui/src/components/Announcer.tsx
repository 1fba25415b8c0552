import { useEffect, useState } from "react";
import { onAnnouncement } from "./announcement";

/** The live region of the page; see `announce`. */
export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => onAnnouncement(setText), []);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
