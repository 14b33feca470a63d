/**
 * What must reach the nodes of a cluster on LKE; all else is dropped. The rules are those that Linode's own controller of
 * firewalls sets: https://github.com/linode/cloud-firewall-controller (internal/rules).
 */

/** One rule of Linode's firewall. */
export interface NodeRule {
  readonly label: string;
  readonly protocol: "TCP" | "UDP" | "IPENCAP" | "ICMP";
  /** Comma-separated. @default all, where the protocol has ports */
  readonly ports?: string;
  readonly ipv4s: string[];
}

/** The private network of a region, where nodes see each other. */
const nodes = ["192.168.128.0/17"];
/** Where NodeBalancers come from. */
const balancers = ["192.168.255.0/24"];

/** The rules, in the order they are tried in. */
export const nodeRules: readonly NodeRule[] = [
  { label: "kubelet-health", protocol: "TCP", ports: "10250,10256", ipv4s: nodes },
  { label: "wireguard-tunnel", protocol: "UDP", ports: "51820", ipv4s: nodes },
  { label: "dns-udp", protocol: "UDP", ports: "53", ipv4s: nodes },
  { label: "dns-tcp", protocol: "TCP", ports: "53", ipv4s: nodes },
  { label: "calico-bgp", protocol: "TCP", ports: "179", ipv4s: nodes },
  { label: "calico-typha", protocol: "TCP", ports: "5473", ipv4s: nodes },
  { label: "calico-tunnel", protocol: "IPENCAP", ipv4s: nodes },
  { label: "nodeports-tcp", protocol: "TCP", ports: "30000-32767", ipv4s: balancers },
  { label: "nodeports-udp", protocol: "UDP", ports: "30000-32767", ipv4s: balancers },
];
