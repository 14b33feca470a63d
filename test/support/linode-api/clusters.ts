/** Clusters of LKE and their pools. */

import { CreateNodePoolSchema, EditNodePoolSchema, createKubeClusterSchema } from "@linode/validation";
import { regions, types, versions } from "./catalogue";
import { notFound, page, Refusal, validBody, type Call, type Route } from "./route";

/** What an account's clusters are like. */
export interface ClusterOptions {
  /** The text of the kubeconfig that every cluster has; read each time it is asked for. */
  readonly kubeconfig: string;
  /** How many nodes the account may have. @default 50 */
  readonly nodeQuota?: number;
}

interface PoolBody {
  type: string;
  count: number;
  autoscaler?: { enabled: boolean; min: number; max: number };
  labels?: Record<string, string>;
  taints?: unknown[];
  tags?: string[];
}

interface Pool extends Required<PoolBody> {
  readonly id: number;
}

interface ControlPlane {
  high_availability?: boolean;
  acl?: { enabled?: boolean; addresses?: { ipv4?: string[]; ipv6?: string[] } };
}

interface ClusterBody {
  label: string;
  region: string;
  k8s_version: string;
  tags?: string[];
  node_pools: PoolBody[];
  control_plane?: ControlPlane;
}

interface Cluster extends Omit<ClusterBody, "node_pools"> {
  readonly id: number;
  pools: Pool[];
}

/** The calls about clusters, of an account that has none. */
export function clusterRoutes(options: ClusterOptions): readonly Route[] {
  const { nodeQuota = 50 } = options;
  const clusters = new Map<number, Cluster>();
  let nextId = 1000;

  const clusterOf = ({ parameters: [id] }: Call): Cluster => clusters.get(Number(id)) ?? missing();
  const poolOf = (call: Call): Pool =>
    clusterOf(call).pools.find(({ id }) => id === Number(call.parameters[1])) ?? missing();

  function newPool(body: PoolBody): Pool {
    if (!types.some(({ id }) => id === body.type)) throw refused("type", "type is not valid");
    const autoscaler = body.autoscaler ?? { enabled: false, min: body.count, max: body.count };
    if (autoscaler.enabled && autoscaler.min > autoscaler.max) throw refused("autoscaler", "Min must not exceed max.");
    return { labels: {}, taints: [], tags: [], ...body, autoscaler, id: nextId++ };
  }

  function assertQuota(more: number): void {
    const all = [...clusters.values()].flatMap(({ pools }) => pools).reduce((sum, { count }) => sum + count, 0);
    if (all + more <= nodeQuota) return;
    const reason = "Account Limit reached. Please open a support ticket.";
    throw new Refusal(400, [{ reason }]);
  }

  function create(call: Call) {
    const body = validBody(createKubeClusterSchema, call) as ClusterBody;
    const region = regions.find(({ id }) => id === body.region);
    if (region?.capabilities.includes("Kubernetes") !== true) throw refused("region", "region is not valid");
    if (!versions.some(({ id }) => id === body.k8s_version)) throw refused("k8s_version", "k8s_version is not valid");
    if (body.label.length > 32) throw refused("label", "Length must be 1-32 characters");
    assertQuota(body.node_pools.reduce((sum, { count }) => sum + count, 0));
    const { node_pools: pools, ...rest } = body;
    const cluster = { ...rest, id: nextId++, pools: pools.map(newPool) };
    clusters.set(cluster.id, cluster);
    return describeCluster(cluster);
  }

  const scope = { read: "lke:read_only", write: "lke:read_write" };
  return [
    { method: "POST", pattern: /^\/lke\/clusters$/, scope: scope.write, handle: create },
    {
      method: "GET",
      pattern: /^\/lke\/clusters$/,
      scope: scope.read,
      handle: (call) => page([...clusters.values()].map(describeCluster), call),
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)$/,
      scope: scope.read,
      handle: (call) => describeCluster(clusterOf(call)),
    },
    {
      method: "PUT",
      pattern: /^\/lke\/clusters\/(\d+)$/,
      scope: scope.write,
      handle: (call) => describeCluster(Object.assign(clusterOf(call), call.body)),
    },
    {
      method: "DELETE",
      pattern: /^\/lke\/clusters\/(\d+)$/,
      scope: scope.write,
      handle: (call) => void clusters.delete(clusterOf(call).id),
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/kubeconfig$/,
      scope: scope.write,
      handle: (call) => {
        clusterOf(call);
        return { kubeconfig: Buffer.from(options.kubeconfig).toString("base64") };
      },
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/api-endpoints$/,
      scope: scope.read,
      handle: (call) => page([{ endpoint: `https://${String(clusterOf(call).id)}.example.test:443` }], call),
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/dashboard$/,
      scope: scope.read,
      handle: (call) => ({ url: `https://${String(clusterOf(call).id)}.dashboard.example.test` }),
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/control_plane_acl$/,
      scope: scope.read,
      handle: (call) => ({ acl: aclOf(clusterOf(call)) }),
    },
    {
      method: "PUT",
      pattern: /^\/lke\/clusters\/(\d+)\/control_plane_acl$/,
      scope: scope.write,
      handle: (call) => {
        const cluster = clusterOf(call);
        cluster.control_plane = { ...cluster.control_plane, ...(call.body as ControlPlane) };
        return { acl: aclOf(cluster) };
      },
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/pools$/,
      scope: scope.read,
      handle: (call) => page(clusterOf(call).pools.map(describePool), call),
    },
    {
      method: "POST",
      pattern: /^\/lke\/clusters\/(\d+)\/pools$/,
      scope: scope.write,
      handle: (call) => {
        const cluster = clusterOf(call);
        const body = validBody(CreateNodePoolSchema, call) as PoolBody;
        assertQuota(body.count);
        const pool = newPool(body);
        cluster.pools.push(pool);
        return describePool(pool);
      },
    },
    {
      method: "GET",
      pattern: /^\/lke\/clusters\/(\d+)\/pools\/(\d+)$/,
      scope: scope.read,
      handle: (call) => describePool(poolOf(call)),
    },
    {
      method: "PUT",
      pattern: /^\/lke\/clusters\/(\d+)\/pools\/(\d+)$/,
      scope: scope.write,
      handle: (call) => {
        validBody(EditNodePoolSchema, call);
        return describePool(Object.assign(poolOf(call), call.body));
      },
    },
    {
      method: "DELETE",
      pattern: /^\/lke\/clusters\/(\d+)\/pools\/(\d+)$/,
      scope: scope.write,
      handle: (call) => {
        const [cluster, pool] = [clusterOf(call), poolOf(call)];
        if (cluster.pools.length === 1) throw new Refusal(400, [{ reason: "Cannot delete the last pool." }]);
        cluster.pools = cluster.pools.filter((one) => one !== pool);
      },
    },
  ];
}

function describeCluster({ id, label, region, k8s_version: version, control_plane: plane, tags = [] }: Cluster) {
  const { high_availability: isHigh = false } = plane ?? {};
  return {
    id,
    label,
    region,
    k8s_version: version,
    tags,
    status: "ready",
    tier: "standard",
    locks: [],
    apl_enabled: false,
    created: "2026-01-01T00:00:00",
    updated: "2026-01-01T00:00:00",
    subnet_id: null,
    vpc_id: null,
    stack_type: "ipv4",
    control_plane: { high_availability: isHigh, audit_logs_enabled: false },
  };
}

function describePool({ id, count, ...rest }: Pool) {
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `${String(id)}-${String(index)}`,
    instance_id: id * 100 + index,
    status: "ready",
  }));
  const isolation = { public_ipv4: true, public_ipv6: true };
  return { label: "", ...rest, id, count, nodes, disks: [], disk_encryption: "enabled", locks: [], isolation };
}

function aclOf({ id, control_plane: { acl } = {} }: Cluster) {
  const { ipv4 = [], ipv6 = [] } = acl?.addresses ?? {};
  return { enabled: acl?.enabled ?? false, addresses: { ipv4, ipv6 }, "revision-id": `revision-${String(id)}` };
}

function refused(field: string, reason: string): Refusal {
  return new Refusal(400, [{ field, reason }]);
}

function missing(): never {
  throw notFound();
}
