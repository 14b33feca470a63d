/** What VBoxManage says of machines, read. Pure; the recordings that prove it are cited in their manifest. */

import type { LeasedPort } from "../../../settings/instance-spec";

/** One machine of `VBoxManage list vms`. */
export interface ListedMachine {
  readonly name: string;
  readonly uuid: string;
}

/** A port of the host that VirtualBox's NAT leads inside. Its address is empty where it is every one of the host. */
export interface Forward extends LeasedPort {
  readonly name: string;
}

/** One machine of `VBoxManage showvminfo --machinereadable`, as far as we read it. */
export interface MachineInfo {
  readonly name: string;
  readonly uuid: string;
  /** VirtualBox's own word. */
  readonly state: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly forwards: readonly Forward[];
  /** The first line of its description. */
  readonly description: string;
}

/** Every machine of the list. One whose files are gone is called `<inaccessible>` there. */
export function parseList(stdout: string): readonly ListedMachine[] {
  const lines = stdout.matchAll(/^"(.*)" \{([0-9a-f-]+)\}$/gm);
  return [...lines].map(([, name = "", uuid = ""]) => ({ name, uuid }));
}

/** The folder that new machines are kept in, of `VBoxManage list systemproperties`; undefined where it is not told. */
export function parseMachinesFolder(stdout: string): string | undefined {
  return /^Default machine folder:\s+(.+?)\s*$/m.exec(stdout)?.[1];
}

/** The machine that was described; undefined where the text describes none. */
export function parseInfo(stdout: string): MachineInfo | undefined {
  const values = parseValues(stdout);
  const [name, uuid, state] = ["name", "UUID", "VMState"].map((key) => values.get(key));
  if (name === undefined || uuid === undefined || state === undefined) return undefined;
  const forwards = [...values].filter(([key]) => /^Forwarding\(\d+\)$/.test(key));
  return {
    name,
    uuid,
    state,
    memoryMiB: Number(values.get("memory")),
    cpus: Number(values.get("cpus")),
    forwards: forwards.flatMap(([, value]) => parseForward(value) ?? []),
    description: values.get("description") ?? "",
  };
}

/**
 * The lines `key=value` and `key="value"`, each key as it stands first: a description of several lines comes last, and
 * may hold anything.
 */
function parseValues(stdout: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of stdout.split(/\r?\n/)) {
    const [, key, value = ""] = /^"?([^"=]+)"?=(.*)$/.exec(line) ?? [];
    if (key !== undefined && !values.has(key)) values.set(key, value.replace(/^"([^]*?)"?$/, "$1"));
  }
  return values;
}

/** `name,protocol,address,host port,guest's address,guest's port`. */
function parseForward(text: string): Forward | undefined {
  const [name = "", protocol, address = "", host, , inside] = text.split(",");
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  return { name, protocol, address, host: Number(host), inside: Number(inside) };
}

/** Whether it has no process: it holds neither memory nor ports. */
export function isOff(state: string): boolean {
  return ["poweroff", "saved", "aborted", "aborted-saved"].includes(state);
}

/** Whether standard error says that there is no such machine. */
export function saysMissing(stderr: string): boolean {
  return /VBOX_E_OBJECT_NOT_FOUND|Could not find a registered machine/.test(stderr);
}

/** Whether standard error says that another call, or the end of a run, still holds the machine. */
export function saysLocked(stderr: string): boolean {
  return /is already locked|while it is locked/.test(stderr);
}
