/** What keeps an environment within its bounds, and who may do what in it. Pure. */

import type { Environment, Team } from "../../settings/platform/environments";

/** The label of every namespace of an environment; policies select by it. */
export const environmentLabel = "groundwork/environment";

/**
 * The spec of the environment's ResourceQuota. Load balancers and node ports are none: the way in is the ingress, and each
 * NodeBalancer costs.
 */
export function quotaSpec({ quota }: Environment) {
  return {
    hard: {
      "requests.cpu": quota.cpu,
      "requests.memory": quota.memory,
      "limits.memory": quota.memory,
      pods: String(quota.pods),
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    },
  };
}

/**
 * The spec of its LimitRange: what a container has that asks for nothing, because the quota refuses those that say nothing.
 * No limit of CPU: it would slow what runs on an idle node.
 */
export function limitSpec() {
  return {
    limits: [
      {
        type: "Container",
        defaultRequest: { cpu: "50m", memory: "128Mi" },
        default: { memory: "256Mi" },
      },
    ],
  };
}

/** What a team may do in an environment: `deploy` can do what `view` can, and restart and scale. */
export type Right = Team["rights"][string];

/**
 * The Role of `deploy`, beyond Kubernetes' own ClusterRole `view`, which shows no secrets. A restart is a patch, and RBAC cannot
 * tell it from other patches: those are seen by ArgoCD, as a difference from the repository.
 */
export const deployRules = [
  { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: ["patch"] },
  { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["patch", "update"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create"] },
];

/** One RoleBinding's role and group. */
export interface Grant {
  /** The binding's name. */
  readonly name: string;
  readonly kind: "ClusterRole" | "Role";
  readonly role: string;
  /** As Dex names teams of GitHub: `organisation:team`. */
  readonly group: string;
}

/** The name of the Role with {@link deployRules}. */
export const deployRole = "deploy";

/** Which teams are bound to which role in an environment. */
export function grantsOf(
  environment: string,
  teams: Readonly<Record<string, Team>>,
  organization: string | undefined,
): Grant[] {
  return Object.entries(teams).flatMap(([name, { github, rights }]): Grant[] => {
    const right = rights[environment];
    if (right === undefined) return [];
    const group = organization === undefined ? github : `${organization}:${github}`;
    const view: Grant = { name: `${name}-view`, kind: "ClusterRole", role: "view", group };
    const deploy: Grant = { name: `${name}-${deployRole}`, kind: "Role", role: deployRole, group };
    return right === "view" ? [view] : [view, deploy];
  });
}
