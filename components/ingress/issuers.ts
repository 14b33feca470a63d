/** The issuers of certificates, as objects. */

import { ingressClass, issuerName, type CertificateAuthority } from "../../settings/platform/certificates";
import { domainToken, solverGroup } from "./certificate-values";

/** Where Let's Encrypt answers; https://letsencrypt.org/docs/acme-protocol-updates/, https://letsencrypt.org/docs/staging-environment/ */
const directories: Readonly<Record<CertificateAuthority, string>> = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
};

/** How a domain is proved to be ours. */
export type Challenge = "http01" | "dns01";

/** The spec of a ClusterIssuer. */
export function issuerSpec(authority: CertificateAuthority, email: string, challenge: Challenge) {
  return {
    acme: {
      email,
      server: directories[authority],
      // The account's own key; cert-manager makes it, in its namespace.
      privateKeySecretRef: { name: `${issuerName(authority)}-account` },
      solvers: [
        challenge === "http01"
          ? { http01: { ingress: { ingressClassName: ingressClass } } }
          : { dns01: linodeSolver() },
      ],
    },
  };
}

/** https://github.com/slicen/cert-manager-webhook-linode: README.md */
function linodeSolver() {
  const config = { apiKeySecretRef: { name: domainToken.secret, key: domainToken.key } };
  return { webhook: { solverName: "linode", groupName: solverGroup, config } };
}

/** The issuer of certificates that are asked for inside the cluster alone, and the secret of its key. */
export const internalIssuer = { name: "internal", secret: "internal-ca", root: "internal-root" } as const;

/** The certificate that it signs by: 10 years, made new a year before its end. */
export function internalAuthoritySpec() {
  return {
    isCA: true,
    commonName: "groundwork internal",
    secretName: internalIssuer.secret,
    duration: "87600h",
    renewBefore: "8760h",
    privateKey: { algorithm: "ECDSA", size: 256 },
    issuerRef: { name: internalIssuer.root, kind: "ClusterIssuer" },
  };
}
