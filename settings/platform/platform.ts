/** What a platform engineer decides: the block `groundwork:platform` of a stack's config. */

import * as z from "zod";
import type { Violation } from "../errors";
import { readAs } from "../stack-violations";
import { accepted, problem, refused, type Parsed } from "../values";
import { overlap, parseCidr } from "./cidr";
import { environmentsSchema, environmentViolations, teamsSchema, teamViolations } from "./environments";
import { secretStoreSchema } from "./secret-store";
import type { PlatformSecrets } from "./secrets";
import { nodePoolsSchema, nodePoolViolations, type NodePool } from "./node-pools";
import { smokeTestsSchema, smokeTestViolations } from "./smoke-tests";

const text = z.string({ error: "a text" });
const flag = z.boolean({ error: "true or false" });
const blocks = (error: string) => z.array(text.transform(readAs(parseCidr)), { error });

/** Days that something is kept. */
function days(fallback: number) {
  const error = "a whole number of days, at least 1";
  return z.number({ error }).int({ error }).min(1, { error }).default(fallback);
}

function parseDomain(given: string): Parsed<string> {
  const isDomain = given.length <= 253 && /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z]$/.test(given);
  return isDomain
    ? accepted(given)
    : refused(problem(given, "is no domain", "a domain in lower case such as example.com"));
}

function parseEmail(given: string): Parsed<string> {
  return z.email().safeParse(given).success
    ? accepted(given)
    : refused(problem(given, "is no address of e-mail", "one such as platform@example.com"));
}

function parseRepository(given: string): Parsed<string> {
  const isUrl = /^(https:\/\/[^\s/@]+\/\S+|ssh:\/\/\S+@\S+\/\S+|[\w.-]+@[\w.-]+:\S+)$/.test(given);
  return isUrl
    ? accepted(given)
    : refused(problem(given, "is no repository", "an https:// address without a password in it, or git@host:path"));
}

/** A version of Kubernetes as LKE names it: major and minor. */
function parseVersion(given: string): Parsed<string> {
  return /^1\.\d{1,2}$/.test(given)
    ? accepted(given)
    : refused(problem(given, "is no version of Kubernetes", "major and minor such as 1.35, in quotes"));
}

const clusterSchema = z.strictObject(
  {
    region: text.default("fr-par"),
    kubernetesVersion: text.transform(readAs(parseVersion)).optional(),
    highAvailability: flag.default(true),
    accessFrom: blocks("a list of blocks of addresses").default([]),
    nodePools: nodePoolsSchema,
    protect: flag.default(true),
    /** A cluster that is there already takes the place of all above. */
    existing: z
      .strictObject({ kubeconfig: text, context: text.optional() }, { error: "a map with a kubeconfig" })
      .optional(),
  },
  { error: "a map" },
);

const gitopsSchema = z.strictObject(
  {
    repository: text.transform(readAs(parseRepository)),
    revision: text.default("main"),
    path: text.default("gitops"),
    highAvailability: flag.default(false),
    /** Who may log in to ArgoCD and Grafana: members of this organisation on GitHub. */
    githubOrganization: text
      .regex(/^[a-z\d](-?[a-z\d]){0,38}$/i, { error: "an organisation's name on GitHub" })
      .optional(),
  },
  { error: "a map with a repository" },
);

const ingressSchema = z.strictObject(
  {
    proxyProtocol: flag.default(false),
    certificates: z.enum(["production", "staging"], { error: "production or staging" }).default("production"),
    challenge: z.enum(["http01", "dns01"], { error: "http01 or dns01" }).default("http01"),
    externalDns: flag.default(false),
  },
  { error: "a map" },
);

/** The blocks that LKE gives to a cluster; https://techdocs.akamai.com/cloud-computing/docs/getting-started-with-lke */
const networkSchema = z.strictObject(
  {
    pods: text.transform(readAs(parseCidr)).default("10.2.0.0/16"),
    services: text.transform(readAs(parseCidr)).default("10.128.0.0/16"),
    nodes: text.transform(readAs(parseCidr)).default("192.168.128.0/17"),
    /**
     * From where the API server calls webhooks: LKE's stands outside and comes through the nodes' tunnel. Where none is said, from
     * the nodes and the pods' block, in which a node's end of Calico's tunnel is.
     */
    apiServer: blocks("a list of blocks of addresses").default([]),
  },
  { error: "a map" },
);

const map = { error: "a map" };

/** The block as it is written; every key but domain, email and gitops has a default. */
export const platformSchema = z.strictObject(
  {
    domain: text.transform(readAs(parseDomain)),
    email: text.transform(readAs(parseEmail)),
    cluster: clusterSchema.prefault({}),
    environments: environmentsSchema,
    gitops: gitopsSchema,
    teams: teamsSchema,
    retention: z
      .strictObject({ logs: days(30), metrics: days(15), traces: days(30), snapshots: days(30) }, map)
      .prefault({}),
    ingress: ingressSchema.prefault({}),
    secretStore: secretStoreSchema,
    network: networkSchema.prefault({}),
    charts: z
      .strictObject(
        {
          mirror: text.regex(/^(https|oci):\/\/\S+$/, { error: "an https:// or oci:// address" }).optional(),
          /** Where the custom resource definitions are, each set as NAME-VERSION.yaml. */
          definitions: text
            .regex(/^(https:\/\/|\/)\S+$/, { error: "an https:// address, or an absolute path" })
            .optional(),
        },
        map,
      )
      .prefault({}),
    smokeTests: smokeTestsSchema,
  },
  { error: "a map with domain, email and gitops" },
);

type Written = z.output<typeof platformSchema>;

/** A cluster on LKE, to be made. */
export type LkeSettings = Omit<Written["cluster"], "existing" | "nodePools"> & {
  readonly source: "lke";
  /** By name; `main` is the one that the cluster is made with. */
  readonly nodePools: Readonly<Record<string, NodePool>>;
};

/** A cluster that is there already. */
export interface ExistingClusterSettings {
  readonly source: "existing";
  /** The file's path. */
  readonly kubeconfig: string;
  /** @default the file's current context */
  readonly context?: string | undefined;
}

/** A platform, every default filled in. */
export type PlatformSettings = Omit<Written, "cluster"> & { readonly cluster: LkeSettings | ExistingClusterSettings };

/** The block, understood. */
export type WrittenPlatform = Written;

/** The settings without what only the file's form needs. */
export function toPlatform({ cluster, ...rest }: Written): PlatformSettings {
  const { existing, nodePools, ...lke } = cluster;
  if (existing !== undefined) return { ...rest, cluster: { source: "existing", ...existing } };
  const pools = Object.entries(nodePools).map(([name, { pool }]) => [name, pool] as const);
  return { ...rest, cluster: { source: "lke", ...lke, nodePools: Object.fromEntries(pools) } };
}

/** What the values may not say together, and which secrets they need. */
export function platformViolations(written: Written, secrets: PlatformSecrets): Violation[] {
  const { cluster, environments, ingress, network, teams, domain } = written;
  const path = "platform";
  return [
    ...nodePoolViolations(cluster.nodePools, `${path}.cluster.nodePools`),
    ...environmentViolations(environments, domain, `${path}.environments`),
    ...teamViolations(teams, environments, `${path}.teams`),
    ...ingressViolations(ingress, `${path}.ingress`),
    ...networkViolations(network, `${path}.network`),
    ...smokeTestViolations(written, `${path}.smokeTests`),
    ...missingSecrets(written, secrets),
  ];
}

/** What a setting cannot do without. */
function missingSecrets({ gitops, ingress }: Written, secrets: PlatformSecrets): Violation[] {
  const needed: readonly (readonly [keyof PlatformSecrets, string | false])[] = [
    ["repository", !gitops.repository.startsWith("https://") && "platform.gitops.repository by ssh"],
    ["githubClientId", gitops.githubOrganization !== undefined && "platform.gitops.githubOrganization"],
    ["githubClientSecret", gitops.githubOrganization !== undefined && "platform.gitops.githubOrganization"],
    [
      "domainToken",
      (ingress.externalDns && "platform.ingress.externalDns") ||
        (ingress.challenge === "dns01" && "platform.ingress.challenge"),
    ],
  ];
  return needed.flatMap(([name, because]) => {
    if (because === false || secrets[name] !== undefined) return [];
    const command = `pulumi config set --secret --path 'groundwork:secrets.${name}'`;
    return [{ key: `secrets.${name}`, message: `is missing, and ${because} needs it; to set it: ${command}.` }];
  });
}

/** cert-manager asks for its own answer first, by the address of the NodeBalancer, without the header that NGINX waits for. */
function ingressViolations({ proxyProtocol, challenge }: Written["ingress"], path: string): Violation[] {
  if (!proxyProtocol || challenge !== "http01") return [];
  const message = "http01 fails behind proxyProtocol, where cert-manager cannot reach its own answer; allowed: dns01.";
  return [{ key: `${path}.challenge`, message, got: "http01", allowed: "dns01" }];
}

function networkViolations(network: Written["network"], path: string): Violation[] {
  const own = (["pods", "services", "nodes"] as const).map((key) => [key, network[key]] as const);
  return own.flatMap(([key, block], index) =>
    own.slice(index + 1).flatMap(([other, held]) => {
      if (!overlap(block, held)) return [];
      const message = `${block} overlaps ${held} of ${other}; allowed: blocks that have no address in common.`;
      return [{ key: `${path}.${key}`, message, got: block }];
    }),
  );
}
