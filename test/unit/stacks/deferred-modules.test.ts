/** The program's own start, in a process of its own: what Pulumi's SDK loads there, and what it still can do. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

const root = resolve(__dirname, "..", "..", "..");

/** Runs a program that imports the SDK as ours does; `code` may use `pulumi` and `files()`. */
function runWithSdk(code: string): unknown {
  // Inside the repository, so that the packages are found.
  const directory = mkdtempSync(join(root, "node_modules", ".deferred-"));
  const file = join(directory, "program.js");
  const contents = `
    import "./stacks/deferred-modules";
    import * as pulumi from "@pulumi/pulumi";
    const files = () => Object.keys(require.cache).filter((name) => /node_modules.(typescript|@npmcli.arborist)./.test(name)).length;
    void (async () => console.log(JSON.stringify(await (async () => { ${code} })())))();
  `;
  try {
    const stdin = { contents, resolveDir: root, loader: "ts" as const };
    buildSync({ stdin, bundle: true, platform: "node", packages: "external", outfile: file, logLevel: "error" });
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

jest.setTimeout(60_000);

test("the SDK starts without TypeScript and without npm's reader of package trees", () => {
  // One place for each of the two, and nothing behind it.
  expect(runWithSdk("return files()")).toBe(2);
});

test("the SDK can still write a function into the state, for which it loads both", () => {
  expect(runWithSdk("const { text } = await pulumi.runtime.serializeFunction(() => 42); return text")).toContain("42");
});
