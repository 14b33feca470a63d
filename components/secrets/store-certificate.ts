/** The certificates by which the store and those who ask it know each other. */

import { internalIssuer } from "../ingress/issuers";

/**
 * The spec of a Certificate. OpenBao reads it when it starts, and a replica that starts must be unsealed: so it holds three
 * years and is new after two, and the nodes' own upgrades bring it in between.
 */
export function certificateSpec(secretName: string, dnsNames: readonly string[]) {
  return {
    secretName,
    dnsNames: [...dnsNames],
    ipAddresses: ["127.0.0.1"],
    duration: "26280h",
    renewBefore: "8760h",
    privateKey: { algorithm: "ECDSA", size: 256 },
    issuerRef: { name: internalIssuer.name, kind: "ClusterIssuer" },
  };
}
