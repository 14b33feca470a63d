/** Which cluster delivery works on: what the stack and its settings say. The engine is a stand-in that prints outputs. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterOf } from "../../delivery/checkpoints/platform";
import { useTemporaryFolder } from "../support/temporary-folder";

describe("the cluster of a stack", () => {
  const folder = useTemporaryFolder();

  /** @param config the stack's, as YAML @param outputs what the stack has */
  function clusterWith(config: string, outputs: object) {
    const program = `#!/bin/sh\ncat <<'END'\n${JSON.stringify(outputs)}\nEND\n`;
    writeFileSync(join(folder(), "pulumi"), program, { mode: 0o755 });
    writeFileSync(join(folder(), "Pulumi.prod.yaml"), `config:\n${config}`);
    const variables = { PATH: `${folder()}:${process.env["PATH"] ?? ""}` };
    return clusterOf({ directory: folder(), stack: "prod", variables });
  }

  const platform = "  groundwork:kind: platform\n";

  test("is the one that its output opens", async () => {
    expect(await clusterWith(platform, { kubeconfig: "text" })).toEqual({ kubeconfig: "text" });
  });

  test("that was there before is meant in the context that the settings name", async () => {
    const existing = "  groundwork:platform: { cluster: { existing: { kubeconfig: /file, context: kind-prod } } }\n";
    const found = await clusterWith(platform + existing, { kubeconfig: "text" });
    expect(found).toEqual({ kubeconfig: "text", context: "kind-prod" });
  });

  test("is none before the first apply, and none where the stack is no platform", async () => {
    expect(await clusterWith(platform, {})).toBeUndefined();
    expect(await clusterWith("  groundwork:kind: instances\n", { kubeconfig: "text" })).toBeUndefined();
  });
});
