/** What takes snapshots of the store by itself: the agent of OpenBao's own chart, a CronJob. */

import type * as pulumi from "@pulumi/pulumi";
import { snapshotAgent } from "../../settings/platform/secret-store";
import type { Bucket } from "../cluster/bucket";
import { storeCertificate } from "./openbao-values";

const authorityFolder = "/openbao/tls";

/**
 * The values of the agent. Each hour it logs in by its service account, asks the replica that leads for a snapshot, and puts it
 * into the bucket; only when that has succeeded it removes those that are too old, so that the last one always stays. It does so
 * by s3cmd, which sends checksums ahead of what they are of: Linode's older endpoints refuse those that come behind it.
 *
 * @param days how long a snapshot stays in the bucket
 */
export function snapshotAgentValues(bucket: pulumi.Unwrap<Bucket>, days: number) {
  return {
    enabled: true,
    schedule: "17 * * * *",
    serviceAccount: { name: snapshotAgent.serviceAccount },
    s3CredentialsSecret: bucket.secretName,
    config: {
      s3Host: bucket.endpoint,
      // A host for the bucket that does not name it by %(bucket)s has s3cmd name it in the path.
      s3Bucket: bucket.name,
      s3Uri: `s3://${bucket.name}`,
      s3ExpireDays: String(days),
      s3cmdExtraFlag: `--region=${bucket.signingRegion}`,
      baoRole: snapshotAgent.role,
    },
    extraEnvironmentVars: { BAO_CACERT: `${authorityFolder}/ca.crt` },
    // The authority alone: the server's key is in the same secret.
    extraVolumes: [
      { name: "tls", secret: { secretName: storeCertificate, items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ],
    extraVolumeMounts: [{ name: "tls", mountPath: authorityFolder, readOnly: true }],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  };
}
