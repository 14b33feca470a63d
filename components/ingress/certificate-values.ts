/** What cert-manager and the solver of DNS-01 at Linode are told. */

/** The service account of cert-manager's controller, which asks the solver. */
const certManagerAccount = "cert-manager";

/** The secret with the token of Linode's, and its key. */
export const domainToken = { secret: "linode-domain-token", key: "token" } as const;

/** The group of the solver's API, which the issuers name. */
export const solverGroup = "acme.slicen.me";

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } };

/** The values of the release `cert-manager`. The hook that waits for the webhook is left out; {@link StartupCheck} is made. */
export function certManagerValues() {
  return {
    crds: { enabled: false },
    // Its leader is elected in its own namespace: the default is a Role in kube-system.
    global: { leaderElection: { namespace: "cert-manager" } },
    resources: { ...small, limits: { memory: "512Mi" } },
    webhook: { replicaCount: 2, resources: small, podDisruptionBudget: { enabled: true } },
    // It reads the certificates of all namespaces.
    cainjector: { resources: { ...small, limits: { memory: "512Mi" } } },
    startupapicheck: { enabled: false },
    // The first answer to a domain's records is asked of the world's resolvers: the cluster's own may keep an old one.
    dns01RecursiveNameservers: "1.1.1.1:53,9.9.9.9:53",
    dns01RecursiveNameserversOnly: true,
    prometheus: { enabled: true, servicemonitor: { enabled: true } },
  };
}

/** The values of the release `linode-solver`. */
export function linodeSolverValues(namespace: string) {
  return {
    api: { groupName: solverGroup },
    certManager: { namespace, serviceAccountName: certManagerAccount },
    deployment: { secretName: domainToken.secret, secretKey: domainToken.key },
    // The chart's own value is `latest`.
    image: { tag: "v0.2.0" },
    resources: small,
  };
}
