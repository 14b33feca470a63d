/** A platform as it would be declared, without an engine, an account or a secret. */

import type { PlatformSettings } from "../../settings/platform/platform";
import { parseStack } from "../../settings/stack";
import { isMap } from "../../settings/stack-violations";
import { platformStack } from "../platform";
import { registrationsOf, type Outputs, type Registration } from "./registrations";

/** A stack's config as its file has it, keys with their namespace and secrets encrypted. */
export type WrittenConfig = Readonly<Record<string, unknown>>;

const namespace = "groundwork:";

/** What an encrypted secret is taken for. It is long enough for a seed. */
const placeholder = "a placeholder for a secret of this stack";

const kubeconfig = "apiVersion: v1\nkind: Config\n";

/** What Linode would answer. */
const engine: Outputs = {
  "linode:index/lkeCluster:LkeCluster": { kubeconfig: Buffer.from(kubeconfig).toString("base64"), pools: [] },
  "linode:index/lkeNodePool:LkeNodePool": { nodes: [] },
  "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "objects.example.com" },
};

/**
 * What a platform registers, in order. Its secrets are not needed, and Linode is taken to offer what is asked for.
 *
 * @throws GroundworkError CONFIG_INVALID as the program would
 */
export async function platformRegistrations(stack: string, config: WrittenConfig): Promise<readonly Registration[]> {
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]) => [key.slice(namespace.length), withoutSecrets(value)] as const);
  const context = { stack, directory: "/", home: "/", hostDefaults: { image: "", box: "" } };
  const parsed = parseStack(Object.fromEntries(own), context);
  if (parsed.kind !== "platform") throw new Error(`the stack ${stack} is no platform`);
  const settings = withoutKubeconfig(parsed.platform);
  const build = () => platformStack({ stack, settings, secrets: parsed.secrets });
  return (await registrationsOf(engine, build, offersFor(settings))).all;
}

/** Pulumi writes an encrypted value as a map with the one key `secure`. */
function withoutSecrets(value: unknown): unknown {
  if (!isMap(value)) return value;
  if (typeof value["secure"] === "string") return placeholder;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}

/** Nothing is asked of a cluster that is there already, so that its file need not be here. */
function withoutKubeconfig(settings: PlatformSettings): PlatformSettings {
  const { cluster } = settings;
  return cluster.source === "lke" ? settings : { ...settings, cluster: { ...cluster, kubeconfig: "/dev/null" } };
}

function offersFor({ cluster }: PlatformSettings): Outputs {
  if (cluster.source === "existing") return {};
  const types = Object.values(cluster.nodePools).map(({ type }) => type);
  return {
    "linode:index/getRegions:getRegions": { regions: [{ id: cluster.region, capabilities: ["Kubernetes"] }] },
    "linode:index/getInstanceTypes:getInstanceTypes": {
      types: types.map((id) => ({ id, prices: [], regionPrices: [] })),
    },
    "linode:index/getLkeVersions:getLkeVersions": { versions: [{ id: cluster.kubernetesVersion ?? "1.35" }] },
  };
}
