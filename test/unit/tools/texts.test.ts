import { findVersion, isAtLeast, lastLine } from "../../../tools/setup/texts";

test.each([
  ["v3.259.0", "3.259.0"],
  ["podman version 4.3.1", "4.3.1"],
  ["3.260.0-alpha.1\n", "3.260.0"],
  ["no number", undefined],
])("the version in %j is %j", (text, version) => {
  expect(findVersion(text)).toBe(version);
});

test.each([
  ["3.229.0", "3.229.0", true],
  ["3.1000.0", "3.229.0", true],
  ["4.0.0", "3.229.0", true],
  ["3.228.9", "3.229.0", false],
  ["3.30.0", "3.229.0", false],
  ["4.3.1", "4.3", true],
  ["4.2.9", "4.3", false],
])("%s is at least %s: %j", (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});

test("the last line is the last that holds something", () => {
  expect(lastLine("first\n  second  \n\n")).toBe("second");
});

test("an empty text has no last line", () => {
  expect(lastLine(" \n")).toBeUndefined();
});
