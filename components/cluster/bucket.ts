/** Buckets of Linode's, in which a platform keeps logs, traces and snapshots of its secrets. */

import { createHash } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { ObjectStorageBucket } from "@pulumi/linode/objectStorageBucket";
import { ObjectStorageKey } from "@pulumi/linode/objectStorageKey";
import * as pulumi from "@pulumi/pulumi";
import { endpointHost, signingRegion } from "../../settings/object-storage";

/** A bucket, and how to reach it. The key is in a Secret of the same namespace. */
export interface Bucket {
  readonly name: pulumi.Input<string>;
  /** The host of the S3 API, without a scheme. */
  readonly endpoint: pulumi.Input<string>;
  /** What signatures name. */
  readonly signingRegion: pulumi.Input<string>;
  /** The Secret with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. */
  readonly secretName: string;
}

/** What all buckets of a platform have in common. */
export interface BucketsArgs {
  /** Linode's region, e.g. fr-par. */
  readonly region: string;
  /** What their names begin with: see {@link bucketPrefix}. */
  readonly prefix: string;
  /** Whether the engine refuses to delete them. */
  readonly protect: boolean;
}

/** What a bucket is made from. */
export interface BucketArgs extends BucketsArgs {
  /** Of the Secret with the key. */
  readonly namespace: pulumi.Input<string>;
}

/**
 * What the buckets' names begin with, the same one as long as stack and domain are: a region's customers share the names of
 * all buckets, so the stack alone would not do. At most 50 characters, of those that a bucket's name may have.
 */
export function bucketPrefix(stack: string, domain: string): string {
  const readable = stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const hash = createHash("sha256").update(`${stack}\n${domain}`).digest("hex");
  return `groundwork-${readable.slice(0, 30)}-${hash.slice(0, 8)}`;
}

/**
 * A bucket and a key that opens this bucket alone. Its contents are kept and deleted by who fills it: no rule of its own.
 *
 * @param name what is in it, at most 12 characters; the end of the bucket's name
 */
export function bucketOf(name: string, args: BucketArgs, parent: pulumi.Resource): Bucket {
  const { region, prefix, protect } = args;
  const label = `${prefix}-${name}`;
  const bucket = new ObjectStorageBucket(name, { label, region }, { parent, protect });
  const access = { bucketName: bucket.label, region, permissions: "read_write" };
  const key = new ObjectStorageKey(name, { label, bucketAccesses: [access] }, { parent });
  const secretName = `${name}-bucket`;
  new Secret(
    secretName,
    {
      metadata: { name: secretName, namespace: args.namespace },
      stringData: { AWS_ACCESS_KEY_ID: key.accessKey, AWS_SECRET_ACCESS_KEY: pulumi.secret(key.secretKey) },
    },
    { parent },
  );
  const endpoint = bucket.s3Endpoint.apply(endpointHost);
  return { name: bucket.label, endpoint, signingRegion: endpoint.apply(signingRegion), secretName };
}
