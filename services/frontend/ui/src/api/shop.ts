import { Client } from "./client";

/** The client of the running page. Tests make their own. */
export const shop = new Client((input, init) => window.fetch(input, init));
