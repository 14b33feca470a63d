/** Clusters of LKE and their pools. */

import { CreateNodePoolSchema, EditNodePoolSchema, createKubeClusterSchema } from "@linode/validation";
import { regions, types, versions } from "./catalogue";
import { callsAbout, notFound, page, Refusal, validBody, type Call, type Route } from "./route";

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

/** An account's clusters; it has none at first. */
export class Clusters {
  private readonly all = new Map<number, Cluster>();
  private nextId = 1000;

  constructor(private readonly options: ClusterOptions) {}

  /** The calls about them. */
  get routes(): readonly Route[] {
    return [...this.clusterRoutes(), ...this.accessRoutes(), ...this.poolRoutes()];
  }

  private clusterRoutes(): readonly Route[] {
    const { get, post, put, remove } = callsAbout("lke");
    const [many, one] = [/^\/lke\/clusters$/, /^\/lke\/clusters\/(\d+)$/];
    return [
      post(many, (call) => describeCluster(this.create(call))),
      get(many, (call) => page([...this.all.values()].map(describeCluster), call)),
      get(one, (call) => describeCluster(this.find(call))),
      put(one, (call) => describeCluster(Object.assign(this.find(call), call.body))),
      remove(one, (call) => void this.all.delete(this.find(call).id)),
    ];
  }

  /** Of how a cluster is reached, and by whom. */
  private accessRoutes(): readonly Route[] {
    const { get, put } = callsAbout("lke");
    const acl = /^\/lke\/clusters\/(\d+)\/control_plane_acl$/;
    const endpointOf = ({ id }: Cluster) => ({ endpoint: `https://${String(id)}.example.test:443` });
    const dashboardOf = ({ id }: Cluster) => ({ url: `https://${String(id)}.dashboard.example.test` });
    return [
      // Whoever has it may change the cluster.
      { ...get(/^\/lke\/clusters\/(\d+)\/kubeconfig$/, (call) => this.kubeconfigOf(call)), scope: "lke:read_write" },
      get(/^\/lke\/clusters\/(\d+)\/api-endpoints$/, (call) => page([endpointOf(this.find(call))], call)),
      get(/^\/lke\/clusters\/(\d+)\/dashboard$/, (call) => dashboardOf(this.find(call))),
      get(acl, (call) => ({ acl: aclOf(this.find(call)) })),
      put(acl, (call) => ({ acl: aclOf(this.changeControlPlane(call)) })),
    ];
  }

  private poolRoutes(): readonly Route[] {
    const { get, post, put, remove } = callsAbout("lke");
    const many = /^\/lke\/clusters\/(\d+)\/pools$/;
    const one = /^\/lke\/clusters\/(\d+)\/pools\/(\d+)$/;
    return [
      get(many, (call) => page(this.find(call).pools.map(describePool), call)),
      post(many, (call) => describePool(this.createPool(call))),
      get(one, (call) => describePool(this.findPool(call))),
      put(one, (call) => describePool(this.updatePool(call))),
      remove(one, (call) => this.removePool(call)),
    ];
  }

  private find({ parameters: [id] }: Call): Cluster {
    return this.all.get(Number(id)) ?? missing();
  }

  private findPool(call: Call): Pool {
    return this.find(call).pools.find(({ id }) => id === Number(call.parameters[1])) ?? missing();
  }

  private create(call: Call): Cluster {
    const body = validBody(createKubeClusterSchema, call) as ClusterBody;
    const region = regions.find(({ id }) => id === body.region);
    if (region?.capabilities.includes("Kubernetes") !== true) throw refused("region", "region is not valid");
    if (!versions.some(({ id }) => id === body.k8s_version)) throw refused("k8s_version", "k8s_version is not valid");
    if (body.label.length > 32) throw refused("label", "Length must be 1-32 characters");
    this.assertQuota(body.node_pools.reduce((sum, { count }) => sum + count, 0));
    const { node_pools: pools, ...rest } = body;
    const cluster = { ...rest, id: this.nextId++, pools: pools.map((pool) => this.newPool(pool)) };
    this.all.set(cluster.id, cluster);
    return cluster;
  }

  private kubeconfigOf(call: Call): object {
    this.find(call);
    return { kubeconfig: Buffer.from(this.options.kubeconfig).toString("base64") };
  }

  private changeControlPlane(call: Call): Cluster {
    const cluster = this.find(call);
    cluster.control_plane = { ...cluster.control_plane, ...(call.body as ControlPlane) };
    return cluster;
  }

  private createPool(call: Call): Pool {
    const cluster = this.find(call);
    const body = validBody(CreateNodePoolSchema, call) as PoolBody;
    this.assertQuota(body.count);
    const pool = this.newPool(body);
    cluster.pools.push(pool);
    return pool;
  }

  private updatePool(call: Call): Pool {
    validBody(EditNodePoolSchema, call);
    return Object.assign(this.findPool(call), call.body);
  }

  private removePool(call: Call): void {
    const [cluster, pool] = [this.find(call), this.findPool(call)];
    if (cluster.pools.length === 1) throw new Refusal(400, [{ reason: "Cannot delete the last pool." }]);
    cluster.pools = cluster.pools.filter((one) => one !== pool);
  }

  private newPool(body: PoolBody): Pool {
    if (!types.some(({ id }) => id === body.type)) throw refused("type", "type is not valid");
    const autoscaler = body.autoscaler ?? { enabled: false, min: body.count, max: body.count };
    if (autoscaler.enabled && autoscaler.min > autoscaler.max) throw refused("autoscaler", "Min must not exceed max.");
    return { labels: {}, taints: [], tags: [], ...body, autoscaler, id: this.nextId++ };
  }

  private assertQuota(more: number): void {
    const { nodeQuota = 50 } = this.options;
    const pools = [...this.all.values()].flatMap((cluster) => cluster.pools);
    if (pools.reduce((sum, { count }) => sum + count, more) <= nodeQuota) return;
    throw new Refusal(400, [{ reason: "Account Limit reached. Please open a support ticket." }]);
  }
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
