import { replaceBetween } from "../../../tools/marked-text";

test("only the text between the marks of a page is replaced", () => {
  expect(replaceBetween("before\n<!-- x -->\nold\n<!-- /x -->\nafter", "x", "new")).toBe(
    "before\n<!-- x -->\n\nnew\n\n<!-- /x -->\nafter",
  );
});

test("a page without the marks is refused", () => {
  expect(() => replaceBetween("no marks", "x", "new")).toThrow("the page has no <!-- x --> … <!-- /x -->");
});
