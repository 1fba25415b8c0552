/** The pages worth a link: the first, the last, and those around the current one. */
export function pageNumbers(current: number, last: number): readonly (number | "gap")[] {
  const near = [1, current - 1, current, current + 1, last];
  const pages = [...new Set(near)].filter((page) => page >= 1 && page <= last);
  return pages.sort((a, b) => a - b).flatMap((page, index) => fillGap(pages[index - 1], page));
}

function fillGap(before: number | undefined, page: number): readonly (number | "gap")[] {
  if (before === undefined || page - before === 1) return [page];
  return page - before === 2 ? [page - 1, page] : ["gap", page];
}
