import { expect, test as base, type ConsoleMessage } from "@playwright/test";

interface Options {
  /** Statuses of answers that a test provokes; browsers log each as an error. */
  readonly expectedStatuses: readonly number[];
}

/**
 * The page that all tests use: one that fails its test when anything reaches the console as an
 * error, when a script throws, or when the page breaks its own Content-Security-Policy.
 */
export const test = base.extend<Options>({
  expectedStatuses: [[], { option: true }],
  page: async ({ page, expectedStatuses }, provide) => {
    const complaints: string[] = [];
    const isExpected = (message: ConsoleMessage) =>
      expectedStatuses.some((status) => message.text().includes(`status of ${status}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !isExpected(message)) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.exposeFunction("reportViolation", (text: string) => complaints.push(text));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const report = (window as unknown as { reportViolation: (text: string) => void })
          .reportViolation;
        report(`policy ${event.violatedDirective} violated by ${event.blockedURI}`);
      });
    });
    await provide(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };
