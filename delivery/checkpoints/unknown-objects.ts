/** Objects of Kubernetes that Pulumi made and a state does not know. */

import * as z from "zod";
import { kubectl, type ClusterAccess } from "../../host/kubectl";
import type { State } from "./state";

/** How Pulumi signs what it applies: https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/ */
const fieldManager = /^pulumi-kubernetes/;

const objectSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    managedFields: z.array(z.object({ manager: z.string().optional() })).default([]),
  }),
});

type KubernetesObject = z.output<typeof objectSchema>;

/** The name of each object that Pulumi applied to the cluster, whatever stack's, and that the state does not hold. */
export async function unknownObjects(cluster: ClusterAccess, state: State): Promise<readonly string[]> {
  const kinds = await kubectl(cluster, ["api-resources", "--verbs=list,delete", "--output=name"]);
  const all = kinds.split("\n").filter((kind) => kind !== "");
  const options = ["--all-namespaces", "--show-managed-fields", "--output=json"];
  const { items } = z
    .object({ items: z.array(objectSchema) })
    .parse(JSON.parse(await kubectl(cluster, ["get", all.join(","), ...options])));
  return unknownOf(items, state);
}

/** See {@link unknownObjects}. */
export function unknownOf(objects: readonly KubernetesObject[], state: State): readonly string[] {
  const known = new Set(
    state.resources.flatMap(({ outputs }) => {
      const object = objectSchema.safeParse(outputs);
      return object.success ? [describe(object.data)] : [];
    }),
  );
  const ours = objects.filter(({ metadata }) =>
    metadata.managedFields.some(({ manager }) => fieldManager.test(manager ?? "")),
  );
  return [...new Set(ours.map(describe))].filter((name) => !known.has(name)).sort();
}

/** Of one group in any of its versions: `Deployment.apps staging/shop`. */
function describe({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0] ?? ""}` : "";
  const place = metadata.namespace === undefined ? "" : `${metadata.namespace}/`;
  return `${kind}${group} ${place}${metadata.name}`;
}
