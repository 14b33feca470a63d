import { longVerbs, readCommandLine } from "../../../cli/command-line";
import { verbNames } from "../../../verbs";

test("the verbs that take long are verbs", () => {
  expect(verbNames).toEqual(expect.arrayContaining([...longVerbs]));
});

test.each([
  [["up"], true],
  [["up", "--full", "--json"], true],
  [["up", "--help"], false],
  [["drift", "-h"], false],
  [["status"], false],
  [["ssh", "--", "up"], false],
  [[], false],
])("%j takes long: %s", (parameters, takesLong) => {
  expect(readCommandLine(parameters).takesLong).toBe(takesLong);
});

test.each([
  [["status", "--json"], true],
  [["ssh", "--", "ls", "--json"], false],
  [["status"], false],
])("%j asks for JSON: %s", (parameters, json) => {
  expect(readCommandLine(parameters).json).toBe(json);
});

test.each([
  [["--version"], true],
  [["-V"], true],
  [["up", "--version"], false],
  [["--", "--version"], false],
])("%j asks for the version alone: %s", (parameters, version) => {
  expect(readCommandLine(parameters).version).toBe(version);
});
