/** A machine as the ledger holds it. Pure. */

import type { OwnedObject, OwnedPort } from "../../settings/instance-objects";
import type { MachineBackend } from "../../settings/instance-spec";
import { parsePorts } from "../../settings/ports";
import type { NamedMachine } from "./candidates";
import type { MachineRecord } from "./machine-record";

/** What is read of a machine. */
export interface ReadMachine extends NamedMachine {
  /** It has a process: running or paused. */
  readonly active: boolean;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Undefined where its disk cannot be read. */
  readonly diskGiB: number | undefined;
  /** Undefined where it was never finished. */
  readonly record: MachineRecord | undefined;
}

/** What a ledger that was lost needs to know of a machine; one that was never finished holds nothing. */
export function ownedMachine(
  { uuid, name, active, memoryMiB, cpus, diskGiB, labels, record }: ReadMachine,
  backend: MachineBackend,
): readonly OwnedObject[] {
  if (labels === undefined || record === undefined) return [];
  const parsed = parsePorts([...record.ports]);
  const ports = (parsed.ok ? parsed.value : []).map((port, index): OwnedPort => {
    const automatic = record.automaticPorts.includes(record.ports[index] ?? "");
    return { ...port, host: Number(port.host), automatic };
  });
  const { "groundwork.host": host, "groundwork.stack": stack, "groundwork.id": id } = labels;
  const { projectDirectory, address } = record;
  return [
    {
      identity: { host, stack, id, name, backend },
      objectId: uuid,
      running: active,
      memoryMiB,
      cpus,
      diskGiB: Math.ceil(diskGiB ?? 0),
      ports,
      ...(address === undefined ? {} : { address }),
      ...(projectDirectory === undefined ? {} : { projectDirectory }),
    },
  ];
}
