/** The stack that comes first: the bucket for the state of all others. Its own state begins on the host that makes it. */

import * as pulumi from "@pulumi/pulumi";
import { StateBucket } from "../components/state-bucket/state-bucket";
import { stateBucketName, type BootstrapSettings } from "../settings/bootstrap";
import { GroundworkError } from "../settings/errors";

/** The stack's outputs. */
export interface BootstrapOutputs {
  /** For PULUMI_BACKEND_URL and `pulumi login`. */
  readonly backendUrl: pulumi.Output<string>;
  /** For AWS_ACCESS_KEY_ID. */
  readonly accessKeyId: pulumi.Output<string>;
  /** For AWS_SECRET_ACCESS_KEY; a secret. */
  readonly secretAccessKey: pulumi.Output<string>;
}

/**
 * Declares it.
 *
 * @throws GroundworkError CONFIG_MISSING when the provider has no key for what Linode's own API cannot do; then nothing has
 *   been declared
 */
export function bootstrapStack(settings: BootstrapSettings): BootstrapOutputs {
  requireObjectKeys(new pulumi.Config("linode"));
  const label = stateBucketName(pulumi.getProject(), settings);
  const { backendUrl, accessKeyId, secretAccessKey } = new StateBucket("state", { label, region: settings.region });
  return { backendUrl, accessKeyId, secretAccessKey };
}

/** Versions and their end are S3's affair. Without a key the provider would find that out after it has made the bucket. */
function requireObjectKeys(linode: pulumi.Config): void {
  if (linode.getBoolean("objUseTempKeys") === true || linode.get("objAccessKey") !== undefined) return;
  throw new GroundworkError(
    "CONFIG_MISSING",
    "Linode's provider has no key by which it could keep versions in a bucket.",
    {
      suggestion: "Let it make one for the time: `pulumi config set linode:objUseTempKeys true -s bootstrap`.",
    },
  );
}
