/** Every chart of a program names an exact version, or the program does not run. */

import { Chart } from "@pulumi/kubernetes/helm/v4/chart";
import * as pulumi from "@pulumi/pulumi";
import { refuseUnpinnedCharts } from "../../../components/cluster/pinned-charts";
import { policyViolations } from "../../../delivery/policies/policies";
import { platformStack } from "../../../stacks/platform";
import { allSecrets, platformSettings } from "./platform-settings";
import { registrationsOf } from "./registrations";

/** Runs a program with one chart inside a component, as a stack. @returns what it threw */
async function program(version: string | undefined): Promise<unknown> {
  let thrown: unknown;
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs as Record<string, unknown>,
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
  });
  await pulumi.runtime.runInPulumiStack(() => {
    refuseUnpinnedCharts();
    const parent = new pulumi.ComponentResource("groundwork:test:Parent", "parent");
    try {
      new Chart("loki", { chart: "loki", ...(version === undefined ? {} : { version }) }, { parent });
    } catch (error) {
      thrown = error;
    }
    return Promise.resolve({});
  });
  return thrown;
}

test.each([undefined, "18.x", "^18.11.0"])("a chart at the version %s ends the program", async (version) => {
  expect(await program(version)).toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("The chart loki has") as string,
  });
});

test("a chart at an exact version is declared", async () => {
  expect(await program("18.11.0")).toBeUndefined();
});

test("the platform's own resources are against no policy", async () => {
  const settings = platformSettings({ cluster: { existing: { kubeconfig: "/dev/null" } } });
  const { all } = await registrationsOf({}, () => platformStack({ stack: "prod", settings, secrets: allSecrets }));
  const steps = all.map(({ type, name, inputs }) => {
    const urn = `urn:pulumi:prod::groundwork::${type}::${name}`;
    return {
      op: "create" as const,
      urn,
      type,
      new: { type, urn, id: "", parent: "", inputs, outputs: {}, provider: "" },
    };
  });
  expect(steps.length).toBeGreaterThan(50);
  expect(policyViolations({ stack: "prod", steps, config: {}, labels: [] })).toEqual([]);
});
