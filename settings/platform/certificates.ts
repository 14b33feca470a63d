/** By which names and annotations an Ingress gets a route, an address and a certificate. */

/** The class that NGINX answers for; also the default of an Ingress that names none. */
export const ingressClass = "nginx";

/** The two directories of Let's Encrypt: the staging one's certificates are trusted by nobody, and its limits are wide. */
export const certificateAuthorities = ["staging", "production"] as const;

/** One of Let's Encrypt's directories. */
export type CertificateAuthority = (typeof certificateAuthorities)[number];

/** The ClusterIssuer of a directory. */
export function issuerName(authority: CertificateAuthority): string {
  return `letsencrypt-${authority}`;
}

/**
 * What stands on an Ingress whose certificate is ordered by itself. NGINX gives a host to one Ingress alone, the oldest, so
 * that the answer to HTTP-01 must be put into it instead of beside it (https://github.com/cert-manager/cert-manager/issues/5048);
 * and it answers https with the certificate that the Ingress names, so that there must be one before the first is issued.
 */
export function certificateAnnotations(authority: CertificateAuthority): Readonly<Record<string, string>> {
  return {
    "cert-manager.io/cluster-issuer": issuerName(authority),
    "cert-manager.io/issue-temporary-certificate": "true",
    "acme.cert-manager.io/http01-edit-in-place": "true",
  };
}
