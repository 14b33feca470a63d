/** Whom our workloads talk to besides each other, by the addresses that a policy must know them by. Pure. */

import { isIPv4 } from "node:net";
import type { input } from "@pulumi/kubernetes/types";
import type { PlatformSettings } from "../../settings/platform/platform";
import type { Outside } from "./flow";

/** No address of version 6 is ever let out to. */
const everywhere = "0.0.0.0/0";

/** The link's own addresses, where a cloud tells a machine its secrets. */
const linkLocal = "169.254.0.0/16";

/** Where the world is not: https://www.iana.org/assignments/iana-ipv4-special-registry */
const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", linkLocal, "172.16.0.0/12", "192.168.0.0/16"];

/** LKE's names of the pods, by tier. */
const clusterDns = inKubeSystem("cluster-dns", {
  matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns", "coredns"] }],
});

/** What brings secrets of the store into volumes, on each node. */
const secretsProvider = inKubeSystem("secrets-provider", {
  matchLabels: { "app.kubernetes.io/name": "openbao-csi-provider" },
});

/** kube-system is the cluster's own: nothing there is closed by us. */
function inKubeSystem(name: string, podSelector: input.meta.v1.LabelSelector): Outside {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } };
  return { name, peers: [{ namespaceSelector, podSelector }] };
}

/** Everybody who is no workload of ours, as these settings place them. */
export function outsideOf({ network }: Pick<PlatformSettings, "network">) {
  const { pods, services, nodes } = network;
  const own = [pods, services, nodes].filter(isVersion4);
  const callers = network.apiServer.length > 0 ? network.apiServer : [nodes, pods];
  return {
    clusterDns,
    secretsProvider,
    /**
     * LKE's API server stands outside the cluster, at an address that nobody knows before: so anywhere but at a pod. Whether
     * a policy sees its Service's address or its own depends on the network; neither is among the pods.
     */
    apiServer: blocks("api-server", [everywhere], [...[pods].filter(isVersion4), linkLocal]),
    /**
     * The API server when it calls: through the nodes' tunnel. A node that passes it on to a pod of another node does so from
     * the end of Calico's tunnel, and that has an address of the pods' block.
     */
    apiServerCalling: blocks("api-server", callers),
    nodes: blocks("nodes", [nodes]),
    /** A policy knows no names, so a port is all that tells GitHub from any other. */
    world: blocks("world", [everywhere], [...new Set([...privateRanges, ...own])]),
    /** What comes through the NodeBalancer: from its own address, a node's or a client's, as traffic is passed on. */
    balancer: blocks("nodebalancer", [everywhere]),
  };
}

/** What may be left out of {@link everywhere}. */
function isVersion4(block: string): boolean {
  return isIPv4(block.split("/")[0] ?? "");
}

function blocks(name: string, cidrs: readonly string[], except: string[] = []): Outside {
  return { name, peers: cidrs.map((cidr) => ({ ipBlock: { cidr, ...(except.length > 0 && { except }) } })) };
}
