/** How kubectl is called, by the plugin and by delivery. The program is a stand-in. */

import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { askKubectl } from "../../delivery/kubectl";
import { kubectl } from "../../host/kubectl";
import { useTemporaryFolder } from "../support/temporary-folder";

/** More than a pipe holds: to write it fails as soon as nobody reads any more. */
const input = "a".repeat(1_000_000);

const folder = useTemporaryFolder();
const before = process.env["PATH"];
afterEach(() => void (process.env["PATH"] = before));

/** Puts a kubectl of these lines before all others. */
function standIn(...lines: readonly string[]): void {
  writeFileSync(join(folder(), "kubectl"), ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
  process.env["PATH"] = `${folder()}${delimiter}${before ?? ""}`;
}

describe("a kubectl that ends without reading its input", () => {
  beforeEach(() => standIn("echo 'error: unknown flag' >&2", "exit 1"));

  test("is a failure in its own words, to the plugin", async () => {
    const told = kubectl({ kubeconfig: "" }, ["apply"], input);
    await expect(told).rejects.toThrow("kubectl apply failed: error: unknown flag");
  });

  test("is an answer in its own words, to delivery", async () => {
    const { exitCode, stderr } = await askKubectl(["apply"], { stdin: input });
    expect([exitCode, stderr]).toEqual([1, "error: unknown flag\n"]);
  });
});

test("a kubectl that does not end in time is ended, and has no exit code", async () => {
  standIn("exec sleep 60");
  expect((await askKubectl(["wait"], { limitSeconds: 0.1 })).exitCode).toBeUndefined();
});

test("where there is no kubectl, both say so and how it is installed", async () => {
  process.env["PATH"] = folder();
  const told = { code: "PROVIDER_NOT_AVAILABLE", message: "There is no kubectl on the PATH." };
  await expect(kubectl({ kubeconfig: "" }, ["get"])).rejects.toMatchObject(told);
  await expect(askKubectl(["get"])).rejects.toMatchObject(told);
});
