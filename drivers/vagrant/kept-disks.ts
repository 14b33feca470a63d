/** Disks of machines that a new box replaced: kept until the instance is removed. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { Leftover } from "../driver";
import type { Domain } from "./domains";
import type { MachineSetting } from "./machine-setting";

/** Keeps a copy of the machine's disk, whole in itself. The machine must be off. */
export async function keepDisk(
  { virsh, machines }: MachineSetting,
  domain: Domain,
  identity: InstanceIdentity,
): Promise<void> {
  if (domain.diskFile === undefined) return;
  const name = `${domain.name}.kept-${new Date().toISOString().replace(/\W/g, "").slice(0, 15)}.img`;
  await virsh.run(["vol-clone", domain.diskFile, name]);
  const path = await virsh.run(["vol-path", "--pool", "default", name]);
  writeFileSync(
    join(machines, `${name}.json`),
    JSON.stringify({ path, name, host: identity.host, stack: identity.stack, id: identity.id }),
  );
}

/** The kept disks of a host. */
export function keptDisks(machines: string, host: string): readonly Leftover[] {
  return recordsOf(machines)
    .filter((one) => one["host"] === host)
    .map(leftoverOf);
}

/** Removes what was kept of an instance. */
export async function removeKeptDisks(setting: MachineSetting, { host, stack, id }: InstanceIdentity): Promise<void> {
  const its = recordsOf(setting.machines).filter(
    (one) => one["host"] === host && one["stack"] === stack && one["id"] === id,
  );
  for (const one of its) await removeKeptDisk(setting, leftoverOf(one));
}

function recordsOf(machines: string): readonly Readonly<Record<string, string>>[] {
  if (!existsSync(machines)) return [];
  const files = readdirSync(machines).filter((name) => name.endsWith(".img.json"));
  return files.map((name) => JSON.parse(readFileSync(join(machines, name), "utf8")) as Record<string, string>);
}

function leftoverOf({ path = "", name = "", stack = "" }: Readonly<Record<string, string>>): Leftover {
  return { kind: "disk", objectId: path, name, stack };
}

/** Removes a kept disk; one that is gone is fine. */
export async function removeKeptDisk({ virsh, machines }: MachineSetting, { objectId, name }: Leftover): Promise<void> {
  await virsh.call(["vol-delete", objectId]);
  rmSync(join(machines, `${name}.json`), { force: true });
}
