/** The way in from outside: NGINX behind a load balancer, and the domain's records. */

import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { release } from "../cluster/release";
import { domainToken } from "./certificate-values";
import { externalDnsValues } from "./external-dns-values";
import { ingressValues, type IngressValuesArgs } from "./ingress-values";

/** What the way in is made from. */
export interface IngressArgs extends IngressValuesArgs {
  /** The records that external-dns keeps; undefined where somebody else keeps them. */
  readonly records?: {
    /** Says whose they are, for as long as the stack stands. */
    readonly owner: string;
    readonly domain: string;
    /** The token of Linode's that writes them, a secret. */
    readonly token: pulumi.Input<string>;
  };
  /** Where the charts are had from. @default each chart's own repository */
  readonly mirror?: string | undefined;
}

/** NGINX in the namespace `ingress`, and external-dns beside it. */
export class Ingress extends pulumi.ComponentResource {
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, { records, mirror, ...args }: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:ingress:Ingress", name, {}, opts);
    const { namespace } = new PlatformNamespace("ingress", { podSecurity: "restricted" }, { parent: this });
    this.namespace = namespace;
    release("ingress", { namespace, values: ingressValues(args), mirror }, { parent: this });
    if (records !== undefined) {
      const token = new Secret(
        `ingress-${domainToken.secret}`,
        {
          metadata: { name: domainToken.secret, namespace },
          stringData: { [domainToken.key]: pulumi.secret(records.token) },
        },
        { parent: this },
      );
      const values = externalDnsValues(records);
      release("external-dns", { namespace, values, mirror }, { parent: this, dependsOn: token });
    }
    this.registerOutputs({});
  }
}
