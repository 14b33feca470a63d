/** What external-dns is told. */

import { domainToken } from "./certificate-values";

/** What the values depend on. */
export interface ExternalDnsValuesArgs {
  /** Whose records these are: written beside each, and records of others are left alone. */
  readonly owner: string;
  readonly domain: string;
}

/** The values of the release `external-dns`. A host that goes takes its record along; what has another owner stays. */
export function externalDnsValues({ owner, domain }: ExternalDnsValuesArgs) {
  return {
    provider: { name: "linode" },
    env: [{ name: "LINODE_TOKEN", valueFrom: { secretKeyRef: { name: domainToken.secret, key: domainToken.key } } }],
    sources: ["ingress"],
    policy: "sync",
    registry: "txt",
    txtOwnerId: owner,
    txtPrefix: "groundwork-",
    domainFilters: [domain],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    serviceMonitor: { enabled: true },
  };
}
