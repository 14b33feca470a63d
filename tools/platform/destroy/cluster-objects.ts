/** What a cluster says of its volumes and load balancers, and of what is the stack's. */

import * as z from "zod";
import { getObjects, type KubectlOptions } from "../../../delivery/kubectl";

/** A volume of Linode's, as the cluster knows it. */
export interface ClusterVolume {
  /** Linode's. */
  readonly id: number;
  /** `namespace/name` of the claim that has it. @default nobody claims it */
  readonly claim?: string | undefined;
  /** Whether it outlives its claim. */
  readonly isRetained: boolean;
}

/** A Service that has a load balancer. */
export interface ClusterBalancer {
  /** `namespace/name`. */
  readonly service: string;
  /** Addresses and host names. @default there is none yet */
  readonly addresses: readonly string[];
  /** Whether the balancer outlives it. */
  readonly isPreserved: boolean;
}

/** What the cluster says. */
export interface ClusterObjects {
  readonly volumes: readonly ClusterVolume[];
  readonly balancers: readonly ClusterBalancer[];
  /** The namespaces that the stack made, and removes with all that is in them. */
  readonly namespaces: readonly string[];
}

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  annotations: z.record(z.string(), z.string()).default({}),
});
const listOf = <T>(item: z.ZodType<T>) => z.object({ items: z.array(item) });

const persistentVolumes = listOf(
  z.object({
    spec: z.object({
      csi: z.object({ driver: z.string(), volumeHandle: z.string() }).optional(),
      claimRef: z.object({ namespace: z.string(), name: z.string() }).optional(),
      persistentVolumeReclaimPolicy: z.string().default("Retain"),
    }),
  }),
);
const services = listOf(
  z.object({
    metadata,
    spec: z.object({ type: z.string().default("ClusterIP") }),
    status: z
      .object({
        loadBalancer: z
          .object({
            ingress: z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).default([]),
          })
          .default({ ingress: [] }),
      })
      .default({ loadBalancer: { ingress: [] } }),
  }),
);
const namespaces = listOf(z.object({ metadata }));

/** https://github.com/linode/linode-blockstorage-csi-driver; a handle is the volume's id, a dash, and its label. */
const driver = "linodebs.csi.linode.com";
/** https://github.com/linode/linode-cloud-controller-manager: docs/configuration/annotations.md */
const preserve = "service.beta.kubernetes.io/linode-loadbalancer-preserve";
/** What components/cluster/platform-namespace.ts gives to each. */
const ours = "app.kubernetes.io/managed-by=groundwork";

/** @throws GroundworkError PROVIDER_NOT_AVAILABLE when it cannot be asked */
export async function clusterObjects(options: KubectlOptions): Promise<ClusterObjects> {
  const [volumes, balancers, own] = await Promise.all([
    getObjects(["persistentvolumes"], options),
    getObjects(["services", "--all-namespaces"], options),
    getObjects(["namespaces", "--selector", ours], options),
  ]);
  return {
    volumes: persistentVolumes.parse(volumes).items.flatMap(({ spec }) => volumeOf(spec)),
    balancers: services.parse(balancers).items.flatMap(balancerOf),
    namespaces: namespaces.parse(own).items.map(({ metadata: { name } }) => name),
  };
}

type Spec = z.output<typeof persistentVolumes>["items"][number]["spec"];

function volumeOf({ csi, claimRef: claim, persistentVolumeReclaimPolicy: policy }: Spec): ClusterVolume[] {
  const id = csi?.driver === driver ? Number.parseInt(csi.volumeHandle, 10) : NaN;
  if (Number.isNaN(id)) return [];
  return [{ id, claim: claim && `${claim.namespace}/${claim.name}`, isRetained: policy === "Retain" }];
}

function balancerOf({
  metadata: { name, namespace, annotations },
  spec,
  status,
}: z.output<typeof services>["items"][number]): ClusterBalancer[] {
  if (spec.type !== "LoadBalancer") return [];
  const addresses = status.loadBalancer.ingress.flatMap(({ ip, hostname }) => [ip ?? [], hostname ?? []].flat());
  return [{ service: `${namespace}/${name}`, addresses, isPreserved: annotations[preserve] === "true" }];
}
