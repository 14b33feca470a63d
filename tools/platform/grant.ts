/** Lets a service read what the store holds for it, and the agent of snapshots take them. */

import { snapshotAgent } from "../../settings/platform/secret-store";
import { snapshotPath, type OpenBao } from "./openbao";
import { until } from "./until";

/** Where the secrets of applications are: `kv/ENVIRONMENT/SERVICE`. */
const mount = "kv";

/** A service in an environment. */
export interface Service {
  readonly environment: string;
  /** Also the name of its service account. */
  readonly name: string;
}

/** `ENVIRONMENT/SERVICE`; undefined where it is none. */
export function parseService(given: string): Service | undefined {
  const [, environment, name] = /^([a-z][-a-z0-9]*)\/([a-z][-a-z0-9]*)$/.exec(given) ?? [];
  return environment === undefined || name === undefined ? undefined : { environment, name };
}

/**
 * Makes what is missing of: the engine `kv`, the log-in by a pod's own service account, the role by which snapshots are taken, and
 * for each service a policy and a role `ENVIRONMENT-SERVICE`, by which it reads `kv/ENVIRONMENT/SERVICE`. What is there already
 * stays as it is.
 */
export async function grant(store: OpenBao, services: readonly Service[]): Promise<void> {
  await mountIfMissing(store, "mounts", mount, { type: "kv", options: { version: "2" } });
  await until(`${mount} keeps versions`, () => store.has(`${mount}/config`));
  await mountIfMissing(store, "auth", "kubernetes", { type: "kubernetes" });
  // The pod that OpenBao runs in knows the rest: whom to trust, and who it is itself.
  const config = "auth/kubernetes/config";
  if (!(await store.has(config))) {
    await store.call("POST", config, { kubernetes_host: "https://kubernetes.default.svc" });
  }
  await makeRole(store, { ...snapshotAgent, policy: snapshotPolicy });
  for (const service of services) {
    const { environment: namespace, name: serviceAccount } = service;
    const role = `${namespace}-${serviceAccount}`;
    await makeRole(store, { role, serviceAccount, namespace, policy: policyOf(service) });
  }
}

/** A service account, and what it may do once it has logged in. */
interface Role {
  /** Also the policy's name. */
  readonly role: string;
  readonly serviceAccount: string;
  readonly namespace: string;
  readonly policy: string;
}

async function makeRole(store: OpenBao, { role, serviceAccount, namespace, policy }: Role): Promise<void> {
  await store.call("PUT", `sys/policies/acl/${role}`, { policy });
  await store.call("POST", `auth/kubernetes/role/${role}`, {
    bound_service_account_names: [serviceAccount],
    bound_service_account_namespaces: [namespace],
    token_policies: [role],
    token_ttl: "20m",
  });
}

/** What the agent of snapshots may: take one. It is sealed, so this shows no secret. */
const snapshotPolicy = mayRead(snapshotPath);

/** What a service may: read, and no more than its own. */
export function policyOf({ environment, name }: Service): string {
  const own = `${mount}/data/${environment}/${name}`;
  return [own, `${own}/*`].map(mayRead).join("");
}

function mayRead(path: string): string {
  return `path "${path}" { capabilities = ["read"] }\n`;
}

async function mountIfMissing(store: OpenBao, kind: "mounts" | "auth", path: string, body: object): Promise<void> {
  const { data } = (await store.call("GET", `sys/${kind}`)) as { data: Readonly<Record<string, unknown>> };
  if (!Object.hasOwn(data, `${path}/`)) await store.call("POST", `sys/${kind}/${path}`, body);
}
