/** Where the secrets of applications are, and the ways by which they come to pods. */

import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { SecretStoreSettings } from "../../settings/platform/secret-store";
import { bucketOf, type BucketsArgs } from "../cluster/bucket";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { release } from "../cluster/release";
import {
  openBaoProviderValues,
  openBaoValues,
  providerCertificate,
  storeCertificate,
  storeNames,
  storeNamespace,
} from "./openbao-values";
import { sealedSecretsValues, secretsStoreValues } from "./secrets-values";
import { snapshotAgentValues } from "./snapshot-values";
import { certificateSpec } from "./store-certificate";

/** What the store is made from. */
export interface SecretStoreArgs {
  readonly settings: SecretStoreSettings;
  /** Where snapshots are put, and how many days they stay. @default nobody takes any, for a cluster that is not Linode's */
  readonly snapshots?: { readonly buckets: BucketsArgs; readonly days: number } | undefined;
  /** Where the charts are had from. @default each chart's own repository */
  readonly mirror?: string | undefined;
}

/** What runs on the nodes needs more than a namespace of ours allows, and is where other drivers of volumes are. */
const nodesNamespace = "kube-system";

/**
 * OpenBao in the namespace `secrets`, sealed until somebody unseals it, with snapshots in a bucket; its provider on the nodes;
 * Sealed Secrets. The internal issuer must be there before.
 */
export class SecretStore extends pulumi.ComponentResource {
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, { settings, snapshots, mirror }: SecretStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:secrets:SecretStore", name, {}, opts);
    const children = { parent: this };
    const { namespace } = new PlatformNamespace(storeNamespace, { podSecurity: "restricted" }, children);
    this.namespace = namespace;
    const server = this.certificate(storeCertificate, namespace, storeNames);
    const values = { ...openBaoValues(settings), ...this.snapshots(namespace, snapshots) };
    release("openbao", { namespace, values, mirror }, { ...children, dependsOn: server });
    release("sealed-secrets", { namespace, values: sealedSecretsValues(), mirror }, children);

    const client = this.certificate(providerCertificate, nodesNamespace, ["openbao-provider"]);
    const onNodes = { namespace: nodesNamespace, mirror };
    const driver = release("secrets-store", { ...onNodes, values: secretsStoreValues() }, children);
    release(
      "openbao-provider",
      { ...onNodes, values: openBaoProviderValues() },
      { ...children, dependsOn: [client, driver] },
    );
    this.registerOutputs({});
  }

  private snapshots(namespace: pulumi.Input<string>, args: SecretStoreArgs["snapshots"]) {
    if (args === undefined) return {};
    const bucket = bucketOf("snapshots", { ...args.buckets, namespace }, this);
    return { snapshotAgent: pulumi.output(bucket).apply((known) => snapshotAgentValues(known, args.days)) };
  }

  private certificate(name: string, namespace: pulumi.Input<string>, names: readonly string[]): pulumi.Resource {
    return new CustomResource(
      name,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name, namespace },
        spec: certificateSpec(name, names),
      },
      { parent: this },
    );
  }
}
