import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getStackConfig, setStackConfig, stackConfigFile } from "../../../engine/stack-config";
import type { Workspace } from "../../../engine/workspace";

let workspace: Workspace;
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), "groundwork-config-"));
  workspace = { directory, stack: "dev", variables: {} };
});
afterEach(() => {
  rmSync(workspace.directory, { recursive: true, force: true });
});

const read = () => readFileSync(stackConfigFile(workspace), "utf8");

/** The file after one value was set in it. */
function after(before: string, path: readonly string[], value: unknown): string {
  writeFileSync(stackConfigFile(workspace), before);
  setStackConfig(workspace, path, value);
  return read();
}

test("the file is named after the stack", () => {
  expect(stackConfigFile(workspace)).toBe(join(workspace.directory, "Pulumi.dev.yaml"));
});

test("a file that is not there is made", () => {
  setStackConfig(workspace, ["groundwork:kind"], "project");
  expect(read()).toBe("config:\n  groundwork:kind: project\n");
});

test("a file that is made can be read by its owner alone", () => {
  setStackConfig(workspace, ["groundwork:kind"], "project");
  expect(statSync(stackConfigFile(workspace)).mode & 0o777).toBe(0o600);
});

test("a file that is there keeps who may read it", () => {
  writeFileSync(stackConfigFile(workspace), "config: {}\n", { mode: 0o644 });
  setStackConfig(workspace, ["groundwork:kind"], "project");
  expect(statSync(stackConfigFile(workspace)).mode & 0o777).toBe(0o644);
});

test("a value is read as JSON has it, a map of maps too", () => {
  writeFileSync(stackConfigFile(workspace), "config:\n  groundwork:platform:\n    teams: { web: { github: shop } }\n");
  const read = (...path: string[]) => getStackConfig(workspace, ["groundwork:platform", ...path]);
  expect([read("teams"), read("teams", "web", "github"), read("charts")]).toStrictEqual([
    { web: { github: "shop" } },
    "shop",
    undefined,
  ]);
});

test("the salt that Pulumi writes stays", () => {
  expect(after("encryptionsalt: v1:abc\n", ["groundwork:kind"], "project")).toBe(
    "encryptionsalt: v1:abc\nconfig:\n  groundwork:kind: project\n",
  );
});

test("comments and the order of keys stay", () => {
  const before =
    "# the team's stack\nconfig:\n  # which kind\n  groundwork:kind: project # for now\n  other:key: 1 # ours\n";
  expect(after(before, ["groundwork:instances"], { web: { memory: 512 } })).toBe(
    `${before}  groundwork:instances:\n    web:\n      memory: 512\n`,
  );
});

test("one instance is set beside others", () => {
  const before = "config:\n  groundwork:instances:\n    web:\n      memory: 512 # small\n";
  expect(after(before, ["groundwork:instances", "worker"], { memory: 1024 })).toBe(
    `${before}    worker:\n      memory: 1024\n`,
  );
});

// Pulumi.dev.yaml is written so; yaml pads what stands in brackets unless flowCollectionPadding is off.
test("lists on one line stay as they were written", () => {
  const before = 'config:\n  groundwork:instances:\n    web:\n      ports: ["auto:80"]\n';
  expect(after(before, ["groundwork:kind"], "instances")).toContain('ports: ["auto:80"]');
});

// setIn replaces the node, and the comment with it; set its value where both are scalars.
test("a comment beside the value that is set stays", () => {
  const before = "config:\n  groundwork:kind: project # for now\n";
  expect(after(before, ["groundwork:kind"], "instances")).toContain("instances # for now");
});

test("long values are not folded", () => {
  const command = `sh -c '${"a long command ".repeat(20)}'`;
  expect(after("", ["groundwork:instances"], { web: { command } })).toContain(command);
});

test("a value that is set already leaves the file untouched", () => {
  setStackConfig(workspace, ["groundwork:kind"], "project");
  const long = new Date(0);
  utimesSync(stackConfigFile(workspace), long, long);
  setStackConfig(workspace, ["groundwork:kind"], "project");
  expect(statSync(stackConfigFile(workspace)).mtime).toEqual(long);
});

test("no draft is left beside the file", () => {
  setStackConfig(workspace, ["groundwork:kind"], "project");
  expect(readdirSync(workspace.directory)).toEqual(["Pulumi.dev.yaml"]);
});

// An empty `config:` is null, which is no place for a key: yaml throws "Expected YAML collection at config".
test("an empty config is filled", () => {
  expect(after("config:\n", ["groundwork:kind"], "project")).toBe("config:\n  groundwork:kind: project\n");
});

describe("a file that is no YAML", () => {
  test("stays as it is", () => {
    const before = "config: [\n";
    writeFileSync(stackConfigFile(workspace), before);
    expect(() => setStackConfig(workspace, ["groundwork:kind"], "project")).toThrow();
    expect([read(), existsSync(`${stackConfigFile(workspace)}.new`)]).toEqual([before, false]);
  });

  // The user's own file: it is CONFIG_INVALID with the file and the line, not "Groundwork itself failed".
  test("is a configuration error", () => {
    writeFileSync(stackConfigFile(workspace), "config: [\n");
    let code: unknown;
    try {
      setStackConfig(workspace, ["groundwork:kind"], "project");
    } catch (error) {
      code = (error as { code?: unknown }).code;
    }
    expect(code).toBe("CONFIG_INVALID");
  });
});
