/** The pages hold together: links lead somewhere, and every decision is listed. */

import { existsSync, globSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { anchors, markdownFiles, readText, relativeLinks, root, tableRows } from "./markdown";

/** The links of a page that lead nowhere. */
function brokenLinks(page: string): string[] {
  return relativeLinks(readText(page)).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(readText(target)).includes(anchor);
  });
}

test.each(markdownFiles())("every relative link of %s leads to a file, and to a heading of it", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test("the list of decisions names each of them once, in order", () => {
  const files = globSync("[0-9]*.md", { cwd: join(root, "docs", "adr") }).sort();
  const listed = tableRows(readText("docs/adr/README.md")).map(([link = ""]) => /\((.*)\)/.exec(link)?.[1]);
  // Strictly: toEqual takes a row without a link at the end for nothing.
  expect(listed).toStrictEqual(files);
});

test("decisions are numbered without a gap", () => {
  const files = globSync("[0-9]*.md", { cwd: join(root, "docs", "adr") }).sort();
  const numbers = files.map((file) => Number(file.slice(0, 4)));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
