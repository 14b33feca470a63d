/** The network that the instances of one stack share at one backend. */

/** A network, as it is asked of a backend. */
export interface StackNetwork {
  /** Its name at the backend. It tells the subnet, so that another subnet is another network. */
  readonly name: string;
  /** CIDR, as the host's ledger leased it: `10.192.7.0/24`. */
  readonly subnet: string;
}

/** The network of a stack on a leased subnet: `groundwork-web-1a2b3c-10-192-7`. */
export function stackNetwork(stack: string, subnet: string): StackNetwork {
  return { name: `groundwork-${stack}-${subnet.split(".").slice(0, 3).join("-")}`, subnet };
}
