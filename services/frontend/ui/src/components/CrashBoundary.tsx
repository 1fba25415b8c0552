import { Component, type ReactNode } from "react";
import { Notice } from "./Notice";

/** Keeps header and footer alive when a page has a bug. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <div className="container page">
        <Notice tone="problem" title="This page stopped working">
          <p>The mistake is ours. Your cart is safe.</p>
          <a className="button button--quiet" href="/">
            Back to the shop
          </a>
        </Notice>
      </div>
    );
  }
}
