import { describe, expect, test } from "vitest";
import { readListing } from "./listing";
import { withListing } from "./paths";

const query = (text: string) => new URLSearchParams(text);

describe("readListing", () => {
  test("reads sort and page", () => {
    expect(readListing(query("sort=-price&page=3"), "newest")).toEqual({ sort: "-price", page: 3 });
  });

  test.each(["", "sort=evil&page=x", "page=0", "page=-1", "page=1.5", "page=10001"])(
    "falls back on %o",
    (text) => {
      expect(readListing(query(text), "newest")).toEqual({ sort: "newest", page: 1 });
    },
  );
});

describe("withListing", () => {
  test("keeps the rest of the address", () => {
    expect(withListing(query("q=tea&sort=name"), { page: 2 }, "relevance")).toBe(
      "?q=tea&sort=name&page=2",
    );
  });

  test("another sort begins at the first page", () => {
    expect(withListing(query("page=4"), { sort: "name" }, "newest")).toBe("?sort=name");
  });

  test("leaves defaults out", () => {
    expect(withListing(query("sort=name&page=2"), { sort: "newest" }, "newest")).toBe("?");
  });
});
