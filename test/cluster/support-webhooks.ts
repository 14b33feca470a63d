/** The webhooks of a platform on an API server of a test's own: reached by Services that are names for this host. */

/** By their namespaces. */
export const services = {
  "cert-manager": { name: "cert-manager-webhook", group: "cert-manager.io", resources: ["*/*"] },
  monitoring: { name: "prometheus-operator", group: "monitoring.coreos.com", resources: ["prometheusrules"] },
} as const;
/** One of {@link services}. */
export type WebhookNamespace = keyof typeof services;

/** A Service that is a name for this host, with a pod that is ready, and the policy by which the platform opens it. */
export const around = (namespace: string, name: string, ready = true) => [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { type: "ExternalName", externalName: "localhost" },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    addressType: "IPv4",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
    endpoints: [{ addresses: ["10.2.0.1"], conditions: { ready } }],
    ports: [{ port: 10250 }],
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `api-server-to-${name}-ingress`, namespace },
    spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "192.168.128.0/17" } }] }] },
  },
];

/** What has the API server ask at a port of this host. @param cert whom it trusts there, PEM */
export function webhookOf(
  namespace: WebhookNamespace,
  {
    port,
    cert,
    failurePolicy = "Fail",
  }: { readonly port: number; readonly cert: string; readonly failurePolicy?: string },
): object {
  const { name, group, resources } = services[namespace];
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: `webhook.${group}`,
        failurePolicy,
        timeoutSeconds: 2,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        clientConfig: {
          service: { namespace, name, port, path: "/validate" },
          caBundle: Buffer.from(cert).toString("base64"),
        },
        rules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources }],
      },
    ],
  };
}
