/** What the two ways from a repository and from the store to a pod are told. */

/** The values of the release `secrets-store`: volumes whose files are secrets, read again every two minutes. */
export function secretsStoreValues() {
  return {
    enableSecretRotation: true,
    // No copies as Secrets of Kubernetes: the driver would have to be allowed to write all of them.
    syncSecret: { enabled: false },
    linux: { crds: { enabled: false } },
  };
}

/** The name of the controller that opens sealed secrets; kubeseal is told it. */
const sealedSecretsName = "sealed-secrets";

/**
 * The values of the release `sealed-secrets`. Its key is not renewed by itself: a key that nobody has backed up would be the
 * one that the next secrets are sealed with.
 */
export function sealedSecretsValues() {
  return {
    fullnameOverride: sealedSecretsName,
    keyrenewperiod: "0",
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
    metrics: { serviceMonitor: { enabled: true } },
  };
}
