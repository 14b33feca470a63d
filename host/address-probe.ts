/** Whether a stranger has an address. */
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { isWithin } from "../settings/ipv4";
import type { AddressUse, AddressUses } from "./promises";

const dialTimeoutMs = 250;

/** Ports that are dialled. Whether one is open does not matter: a machine that refuses is there too. */
const dialledPorts = [22, 80];

/**
 * Looks for machines that have these addresses: this host itself, and those that answer to a dial. One whose firewall
 * drops what it does not expect stays unseen. What is of no network of this host is not dialled: somewhere far away
 * another might answer.
 */
export async function probeAddresses(addresses: readonly string[]): Promise<AddressUses> {
  const found = addresses.map(async (address) => [address, await lookAt(address)] as const);
  return new Map(await Promise.all(found));
}

async function lookAt(address: string): Promise<AddressUse> {
  const own = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map((one) => ({ name, address: one.address, network: one.cidr ?? one.address })),
  );
  const self = own.find((one) => one.address === address);
  if (self !== undefined) return { state: "taken", holder: `this host's own, at ${self.name}` };
  const isNear = isWithin(
    address,
    own.map(({ network }) => network),
  );
  const answers = isNear && (await Promise.all(dialledPorts.map((port) => answersAt(address, port)))).includes(true);
  return answers ? { state: "taken", holder: "answered by a machine that is not Groundwork's" } : { state: "free" };
}

function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: dialTimeoutMs });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => end(code === "ECONNREFUSED"));
  });
}
