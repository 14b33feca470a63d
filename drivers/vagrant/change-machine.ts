/** Brings a machine that is there to what is desired, with its disk. */

import { setTimeout as wait } from "node:timers/promises";
import { isBridge } from "../../settings/bridge";
import type { DesiredInstance, ObservedProperties } from "../driver";
import { joinBridge, leaveBridges, setAddress } from "./bridges";
import { finish } from "./create-machine";
import { growFileSystem, refuseSmallerDisk } from "./disk";
import { describeDomains, diskTarget, type Domain } from "./domains";
import { startForwarding, stopForwarding } from "./forwarding";
import { bootLimit, hasKvm } from "./kvm";
import { macOf } from "./mac";
import { machineFolder } from "./machine-folder";
import { formatLabels } from "./machine-record";
import { tell, type MachineSetting } from "./machine-setting";
import { ensureNetwork } from "./networks";
import { startDomain, stopDomain } from "./power";
import { reserveAddress } from "./reservations";
import { loginOf, waitForSsh, writeEnvironment, writeSshConfig } from "./ssh";
import type { Virsh } from "./virsh";

/** A machine, and how it differs from what is desired. */
export interface MachineChange {
  readonly domain: Domain;
  readonly observed: ObservedProperties;
  readonly changed: readonly string[];
}

/**
 * Changes what differs, with a start where a machine takes something on at its start alone.
 *
 * @throws CONFIG_INVALID where its disk would have to shrink
 */
export async function changeMachine(
  setting: MachineSetting,
  wanted: DesiredInstance,
  change: MachineChange,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { virsh } = setting;
  const desired = withLoginOf(change.domain, wanted);
  const { spec, properties } = desired;
  const { domain, changed } = change;
  const folder = machineFolder(setting.machines, domain.uuid);
  refuseSmallerDisk(desired, domain.diskGiB);
  const mustStop = !properties.running || needsStart(change, desired);
  let active = domain.active;
  if (active && mustStop) {
    tell(setting, "stop", `stopping ${spec.id}`);
    await stopForwarding(folder, domain.name);
    await stopDomain(virsh, domain.uuid, true);
    active = false;
  }
  await configure(virsh, desired, change, active);
  const isMoved = changed.includes("ipAddress");
  if (isMoved || (properties.running && !active)) await joinBridge(virsh, { ...domain, active }, desired, folder);
  const grown = changed.includes("diskGiB");
  if (grown) await growDisk(virsh, domain, spec.diskGiB ?? 0, active);
  if (properties.running) {
    const address = await joinNetwork(setting, desired, folder.path);
    const login = loginOf(desired);
    writeSshConfig(folder, address, login);
    if (!active || !domain.running) {
      tell(setting, "boot", `booting ${spec.id}`);
      await startDomain(virsh, domain.uuid);
    }
    // It may be booting still since a run that was killed.
    if (!active || isDoneInside(changed)) {
      await waitForSsh(folder, spec.name, bootLimit(await hasKvm(virsh)), signal);
    }
    if (isMoved || !active) await setAddress(folder, spec.name, desired);
    if (grown) await growFileSystem(folder, spec.name);
    if (changed.includes("environmentDigest")) await writeEnvironment(folder, spec.name, login, spec.environment);
    if (!active || changed.includes("ports") || changed.includes("running")) {
      await startForwarding(folder, spec.name, desired.ports);
    }
  }
  await finish(setting, desired, { uuid: domain.uuid, folder, active: properties.running });
  if (isMoved) await leaveBridges(virsh, desired.identity.host);
}

/** It lets in whom it was made for, whatever the settings say by now. */
function withLoginOf({ record }: Domain, desired: DesiredInstance): DesiredInstance {
  const { login = desired.spec.login } = record ?? {};
  return { ...desired, spec: { ...desired.spec, login } };
}

/** Whether the change is made inside the machine, or through it. */
function isDoneInside(changed: readonly string[]): boolean {
  return ["ipAddress", "diskGiB", "environmentDigest", "ports", "running"].some((name) => changed.includes(name));
}

async function joinNetwork({ virsh }: MachineSetting, desired: DesiredInstance, folder: string): Promise<string> {
  await ensureNetwork(virsh, desired.network, desired.identity, folder);
  return reserveAddress(virsh, desired.network, desired.identity);
}

/** Whether it takes the change on at a start alone: the memory that it has now may be set while it runs. */
function needsStart({ changed, domain }: MachineChange, { spec }: DesiredInstance): boolean {
  const isMemory = changed.includes("memoryMiB") && domain.maximumMiB !== spec.memoryMiB;
  return isMemory || ["name", "cpus", "network"].some((name) => changed.includes(name));
}

async function configure(
  virsh: Virsh,
  { identity, spec, network }: DesiredInstance,
  { domain, changed }: MachineChange,
  active: boolean,
): Promise<void> {
  const { uuid, interfaces } = domain;
  const where = ["--config", ...(active ? ["--live"] : [])];
  if (changed.includes("labels")) await virsh.run(["desc", uuid, formatLabels(identity), ...where]);
  if (changed.includes("name")) await virsh.run(["domrename", uuid, spec.name]);
  if (changed.includes("memoryMiB")) {
    const kib = String(spec.memoryMiB * 1024);
    if (!active) await virsh.run(["setmaxmem", uuid, kib, "--config"]);
    await virsh.run(["setmem", uuid, kib, ...where]);
    if (active) await settleMemory(virsh, uuid, spec.memoryMiB);
  }
  if (changed.includes("cpus")) {
    const count = [uuid, String(spec.cpus)];
    const steps = [
      ["setvcpus", ...count, "--config"],
      ["setvcpus", ...count, "--maximum", "--config"],
    ];
    // The number of now can never be more than the most.
    for (const step of spec.cpus > domain.cpus ? steps.reverse() : steps) await virsh.run(step);
  }
  if (changed.includes("network")) {
    const model = ["--model", "virtio", "--mac", macOf(identity), "--config"];
    for (const { mac } of interfaces.filter((one) => !isBridge(one.network))) {
      await virsh.call(["detach-interface", uuid, "network", "--mac", mac, "--config"]);
    }
    await virsh.run(["attach-interface", uuid, "network", network.name, ...model]);
  }
}

/** A running guest gives and takes memory bit by bit; until it has done so it seems to have drifted. */
async function settleMemory(virsh: Virsh, uuid: string, memoryMiB: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const [domain] = await describeDomains(virsh, [uuid]);
    if (domain?.memoryMiB === memoryMiB) return;
    await wait(300);
  }
}

async function growDisk(virsh: Virsh, { uuid, diskFile }: Domain, diskGiB: number, active: boolean): Promise<void> {
  const size = `${String(diskGiB)}G`;
  await virsh.run(active ? ["blockresize", uuid, diskTarget, size] : ["vol-resize", diskFile ?? "", size]);
}
