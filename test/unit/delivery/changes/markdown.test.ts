import { block, code, html, visible } from "../../../../delivery/changes/markdown";

test("a text in a line ends neither its mark nor its cell", () => {
  expect(code("a`b``c|d\ne")).toBe("```a`b``c\\|d\\ne```");
  expect(code("`")).toBe("`` ` ``");
});

test("a block ends where its text ends", () => {
  expect(block("a\n```\nb", "diff")).toBe("````diff\na\n```\nb\n````");
});

test("characters that turn a text round are written out", () => {
  expect(visible("a\u202Eb\u200Bc\u001b[31m\td\n")).toBe("a\\u202eb\\u200bc\\u001b[31m\td\n");
});

test("HTML's own text names nobody and opens nothing", () => {
  expect(html("<b>@team & co")).toBe("&lt;b&gt;&#64;team &amp; co");
});
