/**
 * Objects that a webhook of the platform must refuse. A refusal is the one answer that proves the call: a webhook that may be
 * left out (`failurePolicy: Ignore`) and is not reached lets everything pass. They are only ever tried, never made.
 */

/** An object, and where a webhook finds it. */
export interface Example {
  /** Whose webhook it is for. */
  readonly of: string;
  /** What is wrong with it. */
  readonly what: string;
  readonly group: string;
  readonly resource: string;
  readonly object: (namespace: string) => object;
}

const name = "groundwork-probe";

/** One for each webhook that the platform brings. */
export const examples: readonly Example[] = [
  {
    // https://github.com/cert-manager/cert-manager: internal/apis/certmanager/validation/certificate.go
    of: "cert-manager",
    what: "a certificate for no name",
    group: "cert-manager.io",
    resource: "certificates",
    object: (namespace) => ({
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name, namespace },
      spec: { secretName: name, issuerRef: { name } },
    }),
  },
  {
    // https://github.com/prometheus-operator/prometheus-operator: pkg/admission/admission.go
    of: "prometheus-operator",
    what: "a rule that is no PromQL",
    group: "monitoring.coreos.com",
    resource: "prometheusrules",
    object: (namespace) => ({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name, namespace },
      spec: { groups: [{ name, rules: [{ record: "groundwork:probe", expr: "sum(" }] }] },
    }),
  },
];
