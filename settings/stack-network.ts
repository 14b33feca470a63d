/** The network that the instances of one stack share at one backend. */

/**
 * Where subnets are leased from: 8192 networks of 254 addresses each. Private (RFC 1918), and out of the way of what
 * others take first: Docker begins at 172.17.0.0 and 192.168.0.0, Podman at 10.88.0.0 (it would come here after some
 * 26,000 networks), kind, minikube and Flannel at 10.244.0.0, k3s at 10.42.0.0.
 */
export const subnetPool = { first: "10.192.0.0", prefix: 11, count: 8192 } as const;

/** A network, as it is asked of a backend. */
export interface StackNetwork {
  /** Its name at the backend. It tells the subnet, so that another subnet is another network. */
  readonly name: string;
  /** CIDR, as the host's ledger leased it: `10.192.7.0/24`. */
  readonly subnet: string;
}

/** The virtual machines of a stack, as containers of the stack are to reach them and to be reached. */
export interface StackMachines {
  /** The network that the machines share. */
  readonly network: StackNetwork;
  /** Sorted. */
  readonly ids: readonly string[];
}

/** The network of a stack on a leased subnet: `groundwork-web-1a2b3c-10-192-7`. */
export function stackNetwork(stack: string, subnet: string): StackNetwork {
  return { name: `groundwork-${stack}-${subnet.split(".").slice(0, 3).join("-")}`, subnet };
}
