/** Certificates for the platform's names, ordered and renewed by cert-manager. */

import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { certificateAuthorities, issuerName } from "../../settings/platform/certificates";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { release } from "../cluster/release";
import { certManagerValues, domainToken, linodeSolverValues } from "./certificate-values";
import { internalAuthoritySpec, internalIssuer, issuerSpec } from "./issuers";
import { StartupCheck } from "./startup-check";

/** What the certificates are ordered by. */
export interface CertificatesArgs {
  /** Where Let's Encrypt writes to before a certificate ends that was not renewed. */
  readonly email: string;
  /** The token of Linode's that writes the domain's records, a secret: then the domain is proved by DNS-01. @default HTTP-01 */
  readonly recordsToken?: pulumi.Input<string> | undefined;
  /** Where the charts are had from. @default each chart's own repository */
  readonly mirror?: string | undefined;
}

/** cert-manager, and an issuer for each of Let's Encrypt's directories. Its definitions must be there before. */
export class Certificates extends pulumi.ComponentResource {
  /** What is waited for before a certificate of the internal issuer is ordered. */
  readonly internal: pulumi.Resource;
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:ingress:Certificates", name, {}, opts);
    const { email, recordsToken, mirror } = args;
    const challenge = recordsToken === undefined ? "http01" : "dns01";
    // The image of the solver for DNS-01 runs as root.
    const podSecurity = challenge === "http01" ? "restricted" : "baseline";
    const { namespace } = new PlatformNamespace("cert-manager", { podSecurity }, { parent: this });
    this.namespace = namespace;
    const manager = release("cert-manager", { namespace, values: certManagerValues(), mirror }, { parent: this });
    const ready = new StartupCheck(namespace, { parent: this, dependsOn: manager });

    const solver = recordsToken === undefined ? [] : [this.solver(namespace, recordsToken, ready, mirror)];
    for (const authority of certificateAuthorities) {
      this.issuer(issuerName(authority), issuerSpec(authority, email, challenge), [ready, ...solver]);
    }
    this.internal = this.internalIssuer(namespace, ready);
    this.registerOutputs({});
  }

  private issuer(name: string, spec: object, dependsOn: pulumi.Resource[]): pulumi.Resource {
    const inputs = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name }, spec };
    return new CustomResource(name, inputs, { parent: this, dependsOn });
  }

  /** An authority of the platform's own, which signs itself. */
  private internalIssuer(namespace: pulumi.Output<string>, ready: pulumi.Resource): pulumi.Resource {
    const { name, secret, root } = internalIssuer;
    const selfSigned = this.issuer(root, { selfSigned: {} }, [ready]);
    const authority = new CustomResource(
      secret,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: secret, namespace },
        spec: internalAuthoritySpec(),
      },
      { parent: this, dependsOn: selfSigned },
    );
    return this.issuer(name, { ca: { secretName: secret } }, [authority]);
  }

  /** What proves by a record at Linode that the domain is ours. */
  private solver(
    namespace: pulumi.Output<string>,
    token: pulumi.Input<string>,
    ready: pulumi.Resource,
    mirror?: string,
  ): pulumi.Resource {
    const secret = new Secret(
      domainToken.secret,
      {
        metadata: { name: domainToken.secret, namespace },
        stringData: { [domainToken.key]: pulumi.secret(token) },
      },
      { parent: this },
    );
    const values = linodeSolverValues("cert-manager");
    return release("linode-solver", { namespace, values, mirror }, { parent: this, dependsOn: [secret, ready] });
  }
}
