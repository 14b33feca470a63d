/** The program: reads this stack's settings and builds the kind of stack they name. */

// Before the SDK, which then loads in half the time.
import "./stacks/deferred-modules";
import { homedir } from "node:os";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { refuseUnpinnedCharts } from "./components/cluster/pinned-charts";
import { backendAccess, hostDefaults } from "./host/backend-access";
import { recordFailure } from "./host/failures";
import { groundworkHome, type Home } from "./host/home";
import { hostId } from "./host/identity";
import { unseal } from "./host/sealed";
import { readSetup } from "./host/setup-record";
import { playbookDigest } from "./playbooks/content";
import { GroundworkError } from "./settings/errors";
import type { HostDefaults } from "./settings/host-defaults";
import type { InstanceSpec } from "./settings/instance-spec";
import { requireLinodeToken } from "./settings/platform/linode-token";
import type { PlatformSettings } from "./settings/platform/platform";
import type { PlatformSecrets } from "./settings/platform/secrets";
import type { Provisioning } from "./settings/provisioning";
import { readProject } from "./settings/project";
import { parseStack, type StackSettings } from "./settings/stack";
import { instancesStack, type StackOutputs } from "./stacks/instances";
import type { BootstrapOutputs } from "./stacks/bootstrap";
import type { PlatformOutputs } from "./stacks/platform";
import { tellRefusalsPlainly } from "./stacks/refused-registrations";
import { assertBuildIsCurrent } from "./tools/build-stamp";

type Outputs = StackOutputs | PlatformOutputs | BootstrapOutputs;

/** The values that stand as text in the configuration; all others are JSON. */
const textKeys = ["kind"];

/** This project's configuration of the stack, as the user wrote it: Pulumi.yaml fills in an empty map for what is not set. */
function stackConfig(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  const entries = Object.entries(pulumi.runtime.allConfig())
    .filter(([key, value]) => key.startsWith(prefix) && value !== "{}")
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, textKeys.includes(name) ? value : (JSON.parse(value) as unknown)]),
  );
}

/** The settings of the last `up` where the configuration holds them, as for a `stop`; else those that the file says. */
function projectSpec(
  home: Home,
  { directory, file, spec }: Extract<StackSettings, { kind: "project" }>,
  hostDefaults: HostDefaults,
): InstanceSpec {
  const sealed = spec === undefined ? undefined : (unseal(home, spec) as InstanceSpec | undefined);
  return sealed ?? readProject(directory, { file, hostDefaults }).spec;
}

/** What would fail in the middle otherwise, when half of a platform is made. */
async function assertLinodeTakes(stack: string, platform: PlatformSettings, secrets: PlatformSecrets): Promise<void> {
  const { "linode:token": token, "linode:url": url } = pulumi.runtime.allConfig();
  const { LINODE_TOKEN: environment, LINODE_URL: otherUrl } = process.env;
  if (platform.cluster.source === "lke") requireLinodeToken(stack, { config: token, environment });
  const { assertDomainIsOurs } = await import("./tools/platform/own-domain");
  const setBy = `pulumi config set --secret --path 'groundwork:secrets.domainToken' -s ${stack}`;
  await assertDomainIsOurs(stack, platform, { token: secrets.domainToken ?? "", setBy, url: url ?? otherUrl });
}

async function build(): Promise<Outputs> {
  assertBuildIsCurrent(__dirname);
  const home = groundworkHome();
  const stack = pulumi.getStack();
  const defaults = hostDefaults(readSetup(home));
  const directory = resolve(__dirname, "..");
  const settings = parseStack(stackConfig(), { stack, directory, hostDefaults: defaults, home: homedir() });
  const { digest, ansible } = backendAccess(home);
  const playbookDigestOf = (provisioning: Provisioning) =>
    playbookDigest(provisioning, { digest, version: ansible?.version });
  const surroundings = { host: hostId(home), stack, digest, playbookDigest: playbookDigestOf };
  switch (settings.kind) {
    case "project": {
      const spec = projectSpec(home, settings, defaults);
      const instance = { spec: { ...spec, power: settings.power }, projectDirectory: settings.directory };
      return instancesStack({ ...surroundings, settings: settings.host, instances: { instance } });
    }
    case "instances": {
      const instances = Object.fromEntries(settings.instances.map((spec) => [spec.id, { spec }]));
      return instancesStack({ ...surroundings, settings: settings.host, instances });
    }
    case "platform": {
      const { platform, secrets } = settings;
      await assertLinodeTakes(stack, platform, secrets);
      // The packages of Kubernetes and Linode are read where they are needed alone: they are larger than all else.
      refuseUnpinnedCharts();
      const { platformStack } = await import("./stacks/platform");
      return platformStack({ stack, settings: platform, secrets });
    }
    case "bootstrap": {
      const { bootstrapStack } = await import("./stacks/bootstrap");
      return bootstrapStack(settings.bootstrap);
    }
  }
}

/** Pulumi prints a RunError's message without a stack trace. */
async function buildOrExplain(): Promise<Outputs> {
  tellRefusalsPlainly();
  try {
    return await build();
  } catch (error) {
    recordFailure(error);
    throw error instanceof GroundworkError ? new pulumi.RunError(error.toText()) : error;
  }
}

export = buildOrExplain;
