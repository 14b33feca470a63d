import { explainSystemError } from "../../../host/system-errors";
import { engineError } from "../../../engine/operations";

const failed = (code: string, path?: string) => Object.assign(new Error(code), { code, ...(path && { path }) });

describe("an error of the operating system", () => {
  test.each(["ENOSPC", "EDQUOT"])("%s without a path names the home's disk", (code) => {
    expect(explainSystemError(failed(code), "/home/ada/state")).toMatchObject({
      code: "INSUFFICIENT_RESOURCES",
      message: "The disk is full: /home/ada/state cannot be written.",
    });
  });

  test.each([
    ["EROFS", "its file system is read-only"],
    ["EACCES", "you may not write there"],
  ])("%s names the path and the reason", (code, reason) => {
    expect(explainSystemError(failed(code, "/srv/x"), "/home/ada/state")).toMatchObject({
      code: "CONFIG_INVALID",
      message: `Groundwork cannot write /srv/x (${code}: ${reason}).`,
    });
  });

  test("of too many open files says how to allow more", () => {
    expect(explainSystemError(failed("EMFILE", "/srv/x"), "/h")?.suggestion).toContain("ulimit -n");
  });

  test("of another kind is not explained", () => {
    expect(explainSystemError(new TypeError("x is undefined"), "/h")).toBeUndefined();
  });
});

test.each([
  ["error: write /h/state.json: no space left on device", "INSUFFICIENT_RESOURCES"],
  ["error: open /h/state.json: read-only file system", "CONFIG_INVALID"],
])("the engine's %j has its place in the contract", (stderr, code) => {
  expect(engineError({ exitCode: 255, stdout: "", stderr, failures: [], diagnostics: [] }).code).toBe(code);
});
