/** kubectl that ends before it has read its input, as one does that refuses its parameters. The program is a stand-in. */

import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { askKubectl } from "../../delivery/kubectl";
import { kubectl } from "../../host/kubectl";
import { useTemporaryFolder } from "../support/temporary-folder";

/** More than a pipe holds: to write it fails as soon as nobody reads any more. */
const input = "a".repeat(1_000_000);

describe("a kubectl that ends without reading its input", () => {
  const folder = useTemporaryFolder();
  const before = process.env["PATH"];

  beforeEach(() => {
    writeFileSync(join(folder(), "kubectl"), "#!/bin/sh\necho 'error: unknown flag' >&2\nexit 1\n", { mode: 0o755 });
    process.env["PATH"] = `${folder()}${delimiter}${before ?? ""}`;
  });
  afterEach(() => void (process.env["PATH"] = before));

  test("is a failure in its own words, to the plugin", async () => {
    const told = kubectl({ kubeconfig: "" }, ["apply"], input);
    await expect(told).rejects.toThrow("kubectl apply failed: error: unknown flag");
  });

  test("is an answer in its own words, to delivery", async () => {
    const { exitCode, stderr } = await askKubectl(["apply"], { stdin: input });
    expect([exitCode, stderr]).toEqual([1, "error: unknown flag\n"]);
  });
});
