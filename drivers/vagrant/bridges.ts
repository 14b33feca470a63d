/**
 * The bridges on which machines have addresses of their own, beside their stacks' networks: one for each /24, shared by all
 * of the host, made with the first machine that has an address there and removed with the last.
 */

import { setTimeout as wait } from "node:timers/promises";
import { bridgeOf, isBridge } from "../../settings/bridge";
import { GroundworkError } from "../../settings/errors";
import type { DesiredInstance } from "../driver";
import { anothersNetwork, interfaceOf, notABridge } from "../host-interfaces";
import { dial } from "./dial";
import { allDomains, type Domain } from "./domains";
import { macOf } from "./mac";
import type { MachineFolder } from "./machine-folder";
import { renderBridge } from "./network-xml";
import { defineNetwork, findNetwork, foreignNetwork, listNetworks, removeNetwork, startNetwork } from "./networks";
import { runInside } from "./ssh";
import { virshError, type Virsh } from "./virsh";

/** Seconds that an address gets to answer, once the machine was told; an emulated one is slow. */
const answerSeconds = 30;

/**
 * Gives a machine the interface of its own address, and takes others of our bridges away; while it runs, if it does.
 *
 * @throws INFRA_EXISTS when another's network has the bridge's name
 * @throws CONFIG_INVALID when the address is of a network that the host is in, and that is no bridge, or one of containers
 */
export async function joinBridge(
  virsh: Virsh,
  { uuid, interfaces, active }: Pick<Domain, "uuid" | "interfaces" | "active">,
  { address, identity }: Pick<DesiredInstance, "address" | "identity">,
  folder: MachineFolder,
): Promise<void> {
  const where = ["--config", ...(active ? ["--live"] : [])];
  const network = address === undefined ? undefined : bridgeOf(address).name;
  const mac = macOf(identity, address);
  const isOurs = (one: Domain["interfaces"][number]) => one.network === network && one.mac === mac;
  for (const one of interfaces.filter((each) => isBridge(each.network) && !isOurs(each))) {
    await virsh.call(["detach-interface", uuid, "network", "--mac", one.mac, ...where]);
  }
  if (address === undefined || network === undefined) return;
  await ensureBridge(virsh, address, identity.host, folder);
  if (interfaces.some(isOurs)) return;
  const parameters = ["attach-interface", uuid, "network", network, "--model", "virtio", "--mac", mac, ...where];
  const attached = await virsh.call(parameters);
  if (attached.exitCode === 0) return;
  // The last machine on it may just have left, and have taken it along.
  await ensureBridge(virsh, address, identity.host, folder);
  const again = await virsh.call(parameters);
  if (again.exitCode !== 0) throw virshError(parameters, again);
}

async function ensureBridge(virsh: Virsh, address: string, host: string, folder: MachineFolder): Promise<void> {
  const bridge = bridgeOf(address);
  const present = await findNetwork(virsh, bridge.name);
  if (present === undefined) {
    await defineNetwork(virsh, folder.path, renderBridge(bridge, host, hostBridge(address)));
  } else if (present.owner?.host !== host) {
    throw foreignNetwork(bridge.name, "", "Groundwork's");
  }
  await startNetwork(virsh, bridge.name);
}

/** The bridge that the host has in the network of an address; none where it is not in that network. */
function hostBridge(address: string): string | undefined {
  const taken = interfaceOf(address);
  if (taken === undefined) return undefined;
  if (!taken.isBridge) throw notABridge(address, taken);
  if (taken.madeBy === "containers") throw anothersNetwork(address, taken, "containers");
  return taken.name;
}

/** Removes the bridges of a host that no machine is on. */
export async function leaveBridges(virsh: Virsh, host: string): Promise<void> {
  const bridges = (await listNetworks(virsh)).filter(({ name, owner }) => isBridge(name) && owner?.host === host);
  if (bridges.length === 0) return;
  const used = new Set((await allDomains(virsh)).flatMap(({ interfaces }) => interfaces.map(({ network }) => network)));
  for (const { name } of bridges.filter((bridge) => !used.has(bridge.name))) await removeNetwork(virsh, name);
}

/**
 * Tells a machine that runs its own address, for good, and waits until it has it.
 *
 * @throws SSH_CONNECTION_FAILED when it cannot be told, or does not answer there
 */
export async function setAddress(
  folder: MachineFolder,
  name: string,
  { address, identity }: Pick<DesiredInstance, "address" | "identity">,
): Promise<void> {
  if (address === undefined) return;
  await runInside(folder, name, "sudo sh -s", addressScript(address, macOf(identity, address)));
  const end = performance.now() + answerSeconds * 1000;
  while (!(await isReached(address))) {
    if (performance.now() > end) throw noAnswer(name, address);
    await wait(200);
  }
}

/**
 * What sets the address inside, in the words of what runs the machine's network: systemd-networkd, NetworkManager or
 * Debian's ifupdown. Pure.
 */
export function addressScript(address: string, mac: string): string {
  return `set -e
# A card that was put in while the machine runs takes a moment to be there.
for attempt in $(seq 100); do
  for file in /sys/class/net/*/address; do
    if [ "$(cat "$file")" = ${mac} ]; then card=$(basename "$(dirname "$file")"); break 2; fi
  done
  sleep 0.2
done
if [ -z "$card" ]; then echo "no card has the address ${mac}" >&2; exit 1; fi
if systemctl is-active --quiet systemd-networkd; then
  file=/etc/systemd/network/10-groundwork.network
  printf '[Match]\nMACAddress=${mac}\n\n[Network]\nAddress=${address}/24\n' > $file
  chmod 644 $file
  networkctl reload
  networkctl reconfigure "$card"
elif systemctl is-active --quiet NetworkManager; then
  nmcli connection delete groundwork >/dev/null 2>&1 || true
  nmcli connection add type ethernet con-name groundwork ifname "$card" mac ${mac} ipv4.method manual ipv4.addresses ${address}/24
else
  printf 'auto %s\niface %s inet static\n  address ${address}/24\n' "$card" "$card" > /etc/network/interfaces.d/groundwork
  ifdown --force "$card" >/dev/null 2>&1 || true
  ifup "$card"
fi
`;
}

/** Whether a machine answers at an address: one that refuses to talk is there too. */
export async function isReached(address: string): Promise<boolean> {
  return (await dial({ host: address, port: 22 }, 2000)) !== "silent";
}

function noAnswer(name: string, address: string): GroundworkError {
  return new GroundworkError(
    "SSH_CONNECTION_FAILED",
    `${name} does not answer at ${address} within ${String(answerSeconds)} seconds`,
    { details: { address }, suggestion: "Look at its network with `vagrantp ssh -- ip address`." },
  );
}
