/** The environments of a platform, and the teams that work in them. */

import * as z from "zod";
import type { Violation } from "../errors";

const text = z.string({ error: "a text" });

/** A quantity of Kubernetes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = (example: string) =>
  text.regex(/^\d+(\.\d+)?(m|[kMGTPE]i?)?$/, { error: `a quantity of Kubernetes such as ${example}` });

const wholeError = "a whole number, at least 1";
const whole = z.number({ error: wholeError }).int({ error: wholeError }).min(1, { error: wholeError });

const environmentSchema = z.strictObject(
  {
    /** `automatic`: what is merged is there minutes later. `manual`: somebody says when. */
    sync: z.enum(["automatic", "manual"], { error: "automatic or manual" }).default("manual"),
    host: text.optional(),
    quota: z
      .strictObject(
        { cpu: quantity("4").default("4"), memory: quantity("8Gi").default("8Gi"), pods: whole.default(50) },
        { error: "a map" },
      )
      .prefault({}),
  },
  { error: "a map" },
);

/** The environments by name: an isolated namespace each, staging and production unless others are named. */
export const environmentsSchema = z
  .record(z.string(), environmentSchema, { error: "a map of names to environments" })
  .prefault({ staging: { sync: "automatic" }, production: {} });

/** One environment, every default filled in. */
export type Environment = z.output<typeof environmentSchema>;

const teamSchema = z.strictObject(
  {
    /** The team's name on GitHub, in the organisation. */
    github: text.regex(/^[a-z\d][a-z\d-]*$/, { error: "a team's name on GitHub, in lower case" }),
    /** `view` sees; `deploy` syncs and restarts too. */
    rights: z
      .record(z.string(), z.enum(["view", "deploy"], { error: "view or deploy" }), {
        error: "a map of environments to rights",
      })
      .default({}),
  },
  { error: "a map with a github team" },
);

/** The teams by name. */
export const teamsSchema = z.record(z.string(), teamSchema, { error: "a map of names to teams" }).default({});

/** One team. */
export type Team = z.output<typeof teamSchema>;

/** The namespaces that the platform itself lives in; an environment of such a name would be among them. */
const platformNamespaces = ["argocd", "cert-manager", "ingress", "monitoring", "node-agents", "secrets"];

const reserved = ["default", "kube-system", "kube-public", "kube-node-lease", ...platformNamespaces];
const nameAllowed = "lower-case letters, digits and dashes, a letter first, at most 30";

/** What is wrong with the names of the environments, and between them. */
export function environmentViolations(
  environments: Readonly<Record<string, Environment>>,
  domain: string,
  path: string,
): Violation[] {
  const names = Object.keys(environments);
  if (names.length === 0) {
    return [
      { key: path, message: "is empty; allowed: at least one environment.", allowed: "at least one environment" },
    ];
  }
  const hosts = names.map((name) => hostOf(name, environments[name], domain));
  return names.flatMap((name, index): Violation[] => {
    const key = `${path}.${name}`;
    const host = hosts[index] ?? "";
    if (!isName(name))
      return [{ key, message: `is no name of an environment; allowed: ${nameAllowed}.`, allowed: nameAllowed }];
    if (reserved.includes(name))
      return [{ key, message: "is a namespace of the platform's own; allowed: another name." }];
    if (!host.endsWith(`.${domain}`) && host !== domain) {
      return [{ key: `${key}.host`, message: `${host} is not in ${domain}; allowed: a name that ends so.`, got: host }];
    }
    const same = names[hosts.indexOf(host)];
    const message = `${host} is the host of ${same ?? ""} too; allowed: a host for each environment.`;
    return same === name ? [] : [{ key: `${key}.host`, message, got: host }];
  });
}

/** The host that an environment's services are under. @default its name under the domain */
export function hostOf(name: string, environment: Environment | undefined, domain: string): string {
  return environment?.host ?? `${name}.${domain}`;
}

/** What is wrong with the names of the teams and the environments that they name. */
export function teamViolations(
  teams: Readonly<Record<string, Team>>,
  environments: Readonly<Record<string, Environment>>,
  path: string,
): Violation[] {
  const known = Object.keys(environments).join(", ");
  return Object.entries(teams).flatMap(([name, { rights }]) => [
    ...(isName(name) ? [] : [{ key: `${path}.${name}`, message: `is no name of a team; allowed: ${nameAllowed}.` }]),
    ...Object.keys(rights)
      .filter((environment) => !Object.hasOwn(environments, environment))
      .map((environment) => ({
        key: `${path}.${name}.rights.${environment}`,
        message: `is no environment of this platform; allowed: ${known}.`,
        allowed: known,
      })),
  ]);
}

function isName(name: string): boolean {
  return /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name);
}
