/** The bucket for state, and a key that opens it alone. */

import { ObjectStorageBucket } from "@pulumi/linode/objectStorageBucket";
import { ObjectStorageKey } from "@pulumi/linode/objectStorageKey";
import * as pulumi from "@pulumi/pulumi";
import { s3BackendUrl } from "../../settings/object-storage";

/** What it is made from. */
export interface StateBucketArgs {
  /** The bucket's name, and the key's label. */
  readonly label: string;
  /** Linode's region, e.g. fr-par. */
  readonly region: string;
}

/** The engine writes the whole state anew at each step: versions that nothing shows any more would pile up. */
const oldVersionsDays = 90;

/**
 * A private bucket that keeps what is overwritten or deleted in it for 90 days, and a limited key. Neither can be deleted
 * while it is protected. What needs S3 itself, versions and their end, the provider does with a key of its own.
 */
export class StateBucket extends pulumi.ComponentResource {
  readonly backendUrl: pulumi.Output<string>;
  readonly accessKeyId: pulumi.Output<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, { label, region }: StateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:state-bucket:StateBucket", name, {}, opts);
    const options = { parent: this, protect: true };
    const bucket = new ObjectStorageBucket(
      name,
      {
        label,
        region,
        acl: "private",
        corsEnabled: false,
        versioning: true,
        lifecycleRules: [
          {
            id: "old-versions",
            enabled: true,
            abortIncompleteMultipartUploadDays: 1,
            noncurrentVersionExpiration: { days: oldVersionsDays },
          },
        ],
      },
      options,
    );
    const access = { bucketName: bucket.label, region, permissions: "read_write" };
    const key = new ObjectStorageKey(`${name}-key`, { label, bucketAccesses: [access] }, options);
    this.backendUrl = pulumi
      .all([bucket.label, bucket.s3Endpoint])
      .apply(([made, endpoint]) => s3BackendUrl(made, endpoint));
    this.accessKeyId = key.accessKey;
    this.secretAccessKey = pulumi.secret(key.secretKey);
    const { backendUrl, accessKeyId, secretAccessKey } = this;
    this.registerOutputs({ backendUrl, accessKeyId, secretAccessKey });
  }
}
