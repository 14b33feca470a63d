/** What Linode offers: regions, types of nodes with prices, versions of Kubernetes. A part of what there was in 2026. */

import { notFound, page, type Route } from "./route";

const capabilities = ["Linodes", "NodeBalancers", "Object Storage", "Kubernetes", "Cloud Firewall", "VPCs"];
const regionIds = ["fr-par", "de-fra-2", "us-ord", "us-east"];

/** The regions; the last has no Kubernetes. */
export const regions = [
  ...regionIds.map((id) => regionOf(id, capabilities)),
  regionOf("br-gru-lab", ["Linodes", "Object Storage"]),
];

function regionOf(id: string, of: readonly string[]) {
  return {
    id,
    label: id,
    country: id.slice(0, 2),
    capabilities: of,
    status: "ok",
    site_type: "core",
    resolvers: { ipv4: "192.0.2.53", ipv6: "2001:db8::53" },
    placement_group_limits: { maximum_pgs_per_customer: 100, maximum_linodes_per_pg: 5 },
    monitors: { alerts: [], metrics: [] },
  };
}

/** Id, class, MiB of memory, processors, GPUs, US dollars a month. */
const rows = [
  ["g6-nanode-1", "nanode", 1024, 1, 0, 5],
  ["g6-standard-1", "standard", 2048, 1, 0, 12],
  ["g6-standard-2", "standard", 4096, 2, 0, 24],
  ["g6-standard-4", "standard", 8192, 4, 0, 48],
  ["g6-standard-6", "standard", 16384, 6, 0, 96],
  ["g6-dedicated-4", "dedicated", 8192, 4, 0, 72],
  ["g2-gpu-rtx4000a1-s", "gpu", 16384, 4, 1, 350],
] as const;

/** The types of nodes. */
export const types = rows.map(([id, kind, memory, vcpus, gpus, monthly]) => ({
  id,
  label: id,
  class: kind,
  memory,
  vcpus,
  gpus,
  disk: memory * 20,
  transfer: 4000,
  network_out: 5000,
  price: { hourly: Number((monthly / 720).toFixed(4)), monthly },
  region_prices: [],
  addons: { backups: { price: { hourly: 0.004, monthly: 2.5 }, region_prices: [] } },
  successor: null,
  accelerated_devices: 0,
}));

/** The versions that LKE offers. */
export const versions = ["1.34", "1.35", "1.36"].map((id) => ({ id }));

/** Which calls answer with them. Anybody may ask. */
export const catalogueRoutes: readonly Route[] = [
  { method: "GET", pattern: /^\/regions$/, handle: (call) => page(regions, call) },
  { method: "GET", pattern: /^\/regions\/([^/]+)$/, handle: ({ parameters: [id] }) => byId(regions, id) },
  { method: "GET", pattern: /^\/linode\/types$/, isPublic: true, handle: (call) => page(types, call) },
  { method: "GET", pattern: /^\/linode\/types\/([^/]+)$/, handle: ({ parameters: [id] }) => byId(types, id) },
  { method: "GET", pattern: /^\/lke\/versions$/, handle: (call) => page(versions, call) },
  {
    method: "GET",
    pattern: /^\/lke\/tiers\/(standard|enterprise)\/versions$/,
    handle: (call) => {
      const [tier = ""] = call.parameters;
      return page(
        versions.map(({ id }) => ({ id, tier })),
        call,
      );
    },
  },
];

function byId<T extends { readonly id: string }>(all: readonly T[], id: string | undefined): T {
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw notFound();
  return found;
}
