/** ArgoCD's projects: what an environment's applications may be made of, and who may do what with them. Pure. */

import type { Environment, Team } from "../../settings/platform/environments";
import type { PlatformSettings } from "../../settings/platform/platform";

/** The cluster that ArgoCD runs in. */
export const thisCluster = "https://kubernetes.default.svc";

/** One project, as its custom resource has it. */
export interface Project {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A project for each environment, and one for each team in each environment that it has a right in. */
export function projects({ environments, teams, gitops }: PlatformSettings): Project[] {
  return Object.entries(environments).flatMap(([name, environment]) => [
    { name, spec: specOf(name, environment, gitops.repository, `The platform's part of ${name}.`) },
    ...Object.entries(teams).flatMap(([teamName, team]) => {
      const right = team.rights[name];
      if (right === undefined) return [];
      const project = `${name}-${teamName}`;
      const spec = specOf(name, environment, gitops.repository, `What team ${teamName} has in ${name}.`);
      return [{ name: project, spec: { ...spec, ...rolesOf(project, name, right, team, gitops.githubOrganization) } }];
    }),
  ]);
}

function specOf(environment: string, { sync }: Environment, repository: string, description: string) {
  return {
    description,
    sourceRepos: [repository],
    // Only an Application that lives in this namespace may name the project: Git alone takes nobody elsewhere.
    sourceNamespaces: [environment],
    destinations: [{ server: thisCluster, namespace: environment }],
    clusterResourceWhitelist: [],
    namespaceResourceBlacklist: platformKinds,
    orphanedResources: { warn: true, ignore: madeByOthers },
    ...(sync === "manual" ? { syncWindows: [neverByItself] } : {}),
  };
}

/** What the platform itself puts into an environment, and no application may change. */
const platformKinds = [
  { group: "", kind: "ResourceQuota" },
  { group: "", kind: "LimitRange" },
  { group: "rbac.authorization.k8s.io", kind: "Role" },
  { group: "rbac.authorization.k8s.io", kind: "RoleBinding" },
];

/** What is in an environment and rightly not in Git. */
const madeByOthers = [
  // The platform's table of flows.
  { group: "networking.k8s.io", kind: "NetworkPolicy" },
  // cert-manager's certificates.
  { group: "", kind: "Secret", name: "*-tls" },
];

/** A manual environment stays manual though an Application says `automated`. */
const neverByItself = {
  kind: "deny",
  schedule: "* * * * *",
  duration: "24h",
  applications: ["*"],
  manualSync: true,
};

/** What each right lets do, beside seeing; https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/ */
const actions = { view: [], deploy: ["sync", "action/apps/*/restart"] } as const;

function rolesOf(
  project: string,
  environment: string,
  right: Team["rights"][string],
  { github }: Team,
  organization: string | undefined,
) {
  // An Application outside ArgoCD's own namespace is named with the one that it lives in.
  const policy = (resource: string, action: string) =>
    `p, proj:${project}:${right}, ${resource}, ${action}, ${project}/${environment}/*, allow`;
  return {
    roles: [
      {
        name: right,
        policies: [
          policy("applications", "get"),
          policy("logs", "get"),
          ...actions[right].map((action) => policy("applications", action)),
        ],
        groups: organization === undefined ? [] : [`${organization}:${github}`],
      },
    ],
  };
}
