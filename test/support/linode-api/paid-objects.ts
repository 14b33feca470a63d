/** Volumes and NodeBalancers: what controllers in a cluster have made, and what stays when the cluster is gone. */

import { callsAbout, notFound, page, type Call, type Route } from "./route";

/** A volume, as its maker says it. */
export interface GivenVolume {
  readonly label: string;
  /** GiB. */
  readonly size: number;
  /** @default fr-par */
  readonly region?: string;
  /** The label of the machine that has it. @default none has */
  readonly machine?: string;
}

/** A NodeBalancer, as its maker says it. */
export interface GivenBalancer {
  readonly label: string;
  readonly ipv4: string;
  /** @default fr-par */
  readonly region?: string;
  /** @default none */
  readonly tags?: readonly string[];
  /** The cluster that it was made for. @default none */
  readonly clusterId?: number;
}

const when = { created: "2026-01-01T00:00:00", updated: "2026-01-01T00:00:00" };

/** Prices of 2026, with one region that is dearer. */
const priceOf = (id: string, label: string, monthly: number, dearer: number) => ({
  id,
  label,
  transfer: 0,
  price: { hourly: monthly / 730, monthly },
  region_prices: [{ id: "br-gru", hourly: dearer / 730, monthly: dearer }],
});

/** An account's volumes and NodeBalancers; it has none at first. */
export class PaidObjects {
  private readonly volumes = new Map<number, ReturnType<typeof describeVolume>>();
  private readonly balancers = new Map<number, ReturnType<typeof describeBalancer>>();
  private nextId = 70_000;

  /** Makes one, as the driver of volumes does. @returns its id */
  addVolume(given: GivenVolume): number {
    const id = this.nextId++;
    this.volumes.set(id, describeVolume(id, given));
    return id;
  }

  /** Makes one, as the controller of Services does. @returns its id */
  addBalancer(given: GivenBalancer): number {
    const id = this.nextId++;
    this.balancers.set(id, describeBalancer(id, given));
    return id;
  }

  /** Removes one, as its controller does. */
  remove(id: number): void {
    this.volumes.delete(id);
    this.balancers.delete(id);
  }

  /** The calls about them. */
  get routes(): readonly Route[] {
    return [
      ...routesOf("volumes", this.volumes, [priceOf("volume", "Storage Volume", 0.1, 0.14)]),
      ...routesOf("nodebalancers", this.balancers, [priceOf("nodebalancer", "NodeBalancer", 10, 14)]),
    ];
  }
}

function routesOf(name: string, all: Map<number, object>, types: readonly object[]): readonly Route[] {
  const [one, many] = [new RegExp(`^/${name}/(\\d+)$`), new RegExp(`^/${name}$`)];
  const { get, remove } = callsAbout(name);
  const idOf = ({ parameters: [id] }: Call): number => {
    if (!all.has(Number(id))) throw notFound();
    return Number(id);
  };
  return [
    { method: "GET", pattern: new RegExp(`^/${name}/types$`), handle: (call) => page(types, call) },
    get(many, (call) => page([...all.values()], call)),
    get(one, (call) => all.get(idOf(call))),
    remove(one, (call) => void all.delete(idOf(call))),
  ];
}

function describeVolume(id: number, { label, size, region = "fr-par", machine }: GivenVolume) {
  return {
    id,
    label,
    size,
    region,
    status: "active",
    tags: [],
    hardware_type: "nvme",
    encryption: "enabled",
    ...when,
    filesystem_path: `/dev/disk/by-id/scsi-0Linode_Volume_${label}`,
    linode_id: machine === undefined ? null : id * 10,
    linode_label: machine ?? null,
  };
}

function describeBalancer(id: number, { label, ipv4, region = "fr-par", tags = [], clusterId }: GivenBalancer) {
  const url = `/v4/lke/clusters/${String(clusterId)}`;
  return {
    id,
    label,
    region,
    ipv4,
    ipv6: "2001:db8::1",
    hostname: `${ipv4.replaceAll(".", "-")}.ip.linodeusercontent.com`,
    client_conn_throttle: 0,
    transfer: { total: 0, in: 0, out: 0 },
    type: "common",
    locks: [],
    tags,
    ...when,
    lke_cluster: clusterId === undefined ? null : { id: clusterId, type: "lkecluster", label: "cluster", url },
  };
}
