/** A platform's stack on a real engine as far as that goes without Linode's plugin: up to the first thing that it would ask. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { LinodeApi } from "../support/linode-api/server";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { stackTrace } from "./support-outcome";

jest.setTimeout(120_000);

describeWithEngine("a platform at Linode", () => {
  const { LINODE_TOKEN: before } = process.env;
  const stack = "refused";
  let sandbox: Sandbox, api: LinodeApi, checkout: string;
  beforeEach(async () => {
    delete process.env["LINODE_TOKEN"];
    api = await LinodeApi.start({
      tokens: { reader: ["domains:read_only"], other: ["lke:read_only"] },
      kubeconfig: "",
    });
    api.domains.add("example.org");
    sandbox = new Sandbox();
    checkout = await sandbox.checkout("checkout");
    await sandbox.pulumiIn(checkout, stack, "stack", "init", "--secrets-provider", "passphrase");
  });
  afterEach(async () => {
    if (before !== undefined) process.env["LINODE_TOKEN"] = before;
    await sandbox.dispose();
    await api.stop();
  });

  /** What an `up` says that must fail. @param secrets besides the seed @param more keys of the config */
  async function refusal(secrets: object, more: object = {}): Promise<string> {
    const config = {
      "linode:url": api.url,
      "groundwork:kind": "platform",
      ...more,
      "groundwork:secrets": { seed: "0123456789abcdef0123456789abcdef", ...secrets },
      "groundwork:platform": {
        domain: "example.com",
        email: "platform@example.com",
        ingress: { externalDns: "domainToken" in secrets },
        gitops: { repository: "https://github.com/example/infrastructure" },
      },
    };
    writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), stringify({ config }));
    const { exitCode, stdout, stderr } = await sandbox.pulumiIn(checkout, stack, "up", "--yes", "--skip-preview");
    const said = `${stdout}${stderr}`;
    expect(exitCode).not.toBe(0);
    expect(said).not.toMatch(stackTrace);
    return said;
  }

  test("without a token ends with the command that sets it, before anything is asked", async () => {
    expect(await refusal({})).toContain("pulumi config set --secret linode:token -s refused");
    expect(api.calls).toEqual([]);
  });

  test("with a domain that the account does not have ends with those that it has", async () => {
    expect(await refusal({ domainToken: "reader" }, { "linode:token": "any" })).toContain(
      "platform.domain: example.com is in no domain of the account that secrets.domainToken is of; allowed: what is in example.org.",
    );
  });

  test("with a token that may not read the domains ends with the command that sets another", async () => {
    const said = await refusal({ domainToken: "other" }, { "linode:token": "any" });
    expect(said).toContain("Your OAuth token is not authorized to use this endpoint.");
    expect(said).toContain("pulumi config set --secret --path 'groundwork:secrets.domainToken' -s refused");
  });
});
