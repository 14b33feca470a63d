/** The keys that sealed secrets are opened by: kept outside the cluster, and brought back to another. */

import * as z from "zod";
import { kubectl } from "../../delivery/kubectl";
import { GroundworkError } from "../../settings/errors";

const namespace = "secrets";
const label = "sealedsecrets.bitnami.com/sealed-secrets-key";

const listSchema = z.object({
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
        type: z.string(),
        data: z.record(z.string(), z.string()),
      }),
    )
    .min(1),
});

/** What kubectl answers, without what belongs to the cluster that it is of. */
export function toBackup(answer: string) {
  const { items } = readList(answer);
  return {
    apiVersion: "v1",
    kind: "List",
    items: items.map(({ metadata, type, data }) => ({
      apiVersion: "v1",
      kind: "Secret",
      type,
      metadata: { name: metadata.name, namespace, labels: { [label]: metadata.labels[label] ?? "active" } },
      data,
    })),
  };
}

function readList(answer: string) {
  try {
    return listSchema.parse(JSON.parse(answer));
  } catch (cause) {
    throw new GroundworkError("INFRA_NOT_FOUND", "There are no sealing keys in the cluster.", {
      suggestion: "See whether the controller runs: `kubectl -n secrets get pods`.",
      cause,
    });
  }
}

/** All keys of the cluster: what was sealed long ago is opened by an old one. */
export async function backup() {
  return toBackup(await kubectl(["get", "secrets", "-n", namespace, "-l", label, "-o", "json"]));
}

/** Brings the keys of a file into the cluster; the controller reads them when it starts. */
export async function restore(file: string): Promise<void> {
  await kubectl(["apply", "--server-side", "--force-conflicts", "-f", file]);
  await kubectl(["rollout", "restart", "deployment/sealed-secrets", "-n", namespace]);
  await kubectl(["rollout", "status", "deployment/sealed-secrets", "-n", namespace, "--timeout=50s"]);
}
