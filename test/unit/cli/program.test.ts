import { buildProgram } from "../../../cli/program";

/** What a command line asks for: the verb and its input. */
async function asked(...parameters: string[]): Promise<unknown> {
  let found: unknown;
  const program = await buildProgram(parameters[0], (verb, input) => {
    found = [verb.name, input];
    return Promise.resolve();
  });
  await program.parseAsync(parameters, { from: "user" });
  return found;
}

describe("ssh", () => {
  test.each([
    [["ssh"], []],
    [["ssh", "--", "ls"], ["ls"]],
    [
      ["ssh", "--", "ls", "--json", "-la"],
      ["ls", "--json", "-la"],
    ],
    [["ssh", "ls"], ["ls"]],
    [["ssh", "--", "--help"], ["--help"]],
    [
      ["ssh", "--", "sh", "-c", "echo a b", "--", "x"],
      ["sh", "-c", "echo a b", "--", "x"],
    ],
    [
      ["ssh", "--", "echo", ""],
      ["echo", ""],
    ],
  ])("%j runs %j inside", async (parameters, command) => {
    expect(await asked(...parameters)).toEqual(["ssh", { command }]);
  });

  test("takes its own options before --", async () => {
    expect(await asked("ssh", "--file", "other.env", "--", "ls", "--file", "x")).toEqual([
      "ssh",
      { file: "other.env", command: ["ls", "--file", "x"] },
    ]);
  });
});

describe("an option", () => {
  test("that is a text has its value", async () => {
    expect(await asked("up", "--file", "other.env")).toEqual(["up", { file: "other.env" }]);
  });

  test("that is a switch is on", async () => {
    expect(await asked("stop", "--force")).toEqual(["stop", { force: true }]);
  });

  test("that is not given is left to the verb's default", async () => {
    expect(await asked("stop")).toEqual(["stop", {}]);
  });

  test("has its one-letter form", async () => {
    expect(await asked("env", "-s", "dev")).toEqual(["env", { stack: "dev" }]);
  });

  test("of two words is written with a hyphen", async () => {
    expect(await asked("up", "--extra-vars", "a=1")).toEqual(["up", { extraVars: "a=1" }]);
  });

  test.each([
    ["--provision", true],
    ["--no-provision", false],
  ])("that can be turned off too is %s", async (option, provision) => {
    expect(await asked("up", option)).toEqual(["up", { provision }]);
  });

  test("--json is no input of the verb", async () => {
    expect(await asked("up", "--json")).toEqual(["up", {}]);
  });
});
