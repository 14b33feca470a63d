/** Lets the pods of an environment read what the store holds for it. */

import type { OpenBao } from "./openbao";
import { until } from "./until";

/** Where the secrets of applications are: `kv/ENVIRONMENT/SERVICE`. */
const mount = "kv";

/**
 * Makes what is missing of: the engine `kv`, the log-in by a pod's own service account, and a policy and a role of the
 * environment's name, by which every pod of its namespace reads `kv/ENVIRONMENT/`. What is there
 * already stays as it is.
 */
export async function grant(store: OpenBao, environments: readonly string[]): Promise<void> {
  await mountIfMissing(store, "mounts", mount, { type: "kv", options: { version: "2" } });
  await until(`${mount} keeps versions`, () => store.has(`${mount}/config`));
  await mountIfMissing(store, "auth", "kubernetes", { type: "kubernetes" });
  // The pod that OpenBao runs in knows the rest: whom to trust, and who it is itself.
  const config = "auth/kubernetes/config";
  if (!(await store.has(config))) {
    await store.call("POST", config, { kubernetes_host: "https://kubernetes.default.svc" });
  }
  for (const environment of environments) {
    await store.call("PUT", `sys/policies/acl/${environment}`, { policy: policyOf(environment) });
    await store.call("POST", `auth/kubernetes/role/${environment}`, {
      bound_service_account_names: ["*"],
      bound_service_account_namespaces: [environment],
      token_policies: [environment],
      token_ttl: "20m",
    });
  }
}

/** What the pods of an environment may: read, and no more than their own. */
export function policyOf(environment: string): string {
  return `path "${mount}/data/${environment}/*" { capabilities = ["read"] }\n`;
}

async function mountIfMissing(store: OpenBao, kind: "mounts" | "auth", path: string, body: object): Promise<void> {
  const { data } = (await store.call("GET", `sys/${kind}`)) as { data: Readonly<Record<string, unknown>> };
  if (!Object.hasOwn(data, `${path}/`)) await store.call("POST", `sys/${kind}/${path}`, body);
}
