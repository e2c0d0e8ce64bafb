// Puts the figures where they are read.

import { readFile, writeFile } from "node:fs/promises";

const PAGE = new URL("../../docs/performance.md", import.meta.url);
const BETWEEN = /(<!-- bench:peers -->\n)[^]*?(<!-- \/bench -->)/;

/** Replaces what stands between the markers of `docs/performance.md`. */
export async function save(text) {
  const page = await readFile(PAGE, "utf8");
  if (!BETWEEN.test(page)) throw new Error("docs/performance.md has no <!-- bench:peers --> … <!-- /bench -->");
  await writeFile(PAGE, page.replace(BETWEEN, (_, start, end) => `${start}${text}\n${end}`));
}
