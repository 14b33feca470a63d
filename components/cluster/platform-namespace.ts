/** A namespace of the platform's, closed both ways until a flow is named. */

import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";

/** How much a namespace's pods may do to their node: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** What a namespace is made from. */
export interface PlatformNamespaceArgs {
  readonly podSecurity: PodSecurity;
  /** Labels besides those of pod security. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The namespace and its default: nothing in, nothing out. */
export class PlatformNamespace extends pulumi.ComponentResource {
  /** Its name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(
    name: string,
    { podSecurity, labels = {} }: PlatformNamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("groundwork:cluster:PlatformNamespace", name, {}, opts);
    const namespace = new Namespace(
      name,
      {
        metadata: {
          name,
          labels: {
            ...labels,
            "app.kubernetes.io/managed-by": "groundwork",
            "pod-security.kubernetes.io/enforce": podSecurity,
            "pod-security.kubernetes.io/warn": "restricted",
          },
        },
      },
      { parent: this },
    );
    this.namespace = namespace.metadata.name;
    new NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: { name: "default-deny", namespace: this.namespace },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      { parent: this },
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}
