/** A platform's stack on a real engine as far as that goes without Linode's plugin: up to the first thing that it would ask. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { stackTrace } from "./support-outcome";

jest.setTimeout(120_000);

describeWithEngine("a platform at Linode", () => {
  const { LINODE_TOKEN: before } = process.env;
  let sandbox: Sandbox;
  beforeEach(() => {
    delete process.env["LINODE_TOKEN"];
    sandbox = new Sandbox();
  });
  afterEach(async () => {
    if (before !== undefined) process.env["LINODE_TOKEN"] = before;
    await sandbox.dispose();
  });

  test("without a token ends with the command that sets it, before anything is asked or made", async () => {
    const [checkout, stack] = [await sandbox.checkout("checkout"), "token"];
    const config = {
      "groundwork:kind": "platform",
      "groundwork:secrets": { seed: "0123456789abcdef0123456789abcdef" },
      "groundwork:platform": {
        ...{ domain: "example.com", email: "platform@example.com" },
        gitops: { repository: "https://github.com/example/infrastructure" },
      },
    };
    await sandbox.pulumiIn(checkout, stack, "stack", "init", "--secrets-provider", "passphrase");
    writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), stringify({ config }));
    const { exitCode, stdout, stderr } = await sandbox.pulumiIn(checkout, stack, "up", "--yes", "--skip-preview");
    const said = `${stdout}${stderr}`;
    expect(exitCode).not.toBe(0);
    expect(said).toContain("pulumi config set --secret linode:token -s token");
    expect(said).not.toMatch(stackTrace);
    expect(said).not.toMatch(/cluster +creat/);
  });
});
