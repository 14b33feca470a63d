/** Values that are one word of a few, and what is said of words that are known but not available. */

import { backends, backendsOf, type Backend, type InstanceType, type NetworkMode, type Power } from "./instance-spec";
import { accepted, problem, refused, type Parsed } from "./values";

/** What INFRA_TYPE may be, in words. */
export const typeAllowed = "container or vm";
/** What PROVIDER may be, in words, by the type. */
const providersAllowed: Readonly<Record<InstanceType, string>> = {
  container: "podman or docker",
  vm: "libvirt or virtualbox",
};
/** What PROVIDER may be, in words. */
export const providerAllowed = `${providersAllowed.container}; for a vm ${providersAllowed.vm}`;
/** What NETWORK_MODE may be, in words. */
export const networkAllowed = "default or bridge";
/** What power may be, in words. */
const powerAllowed = "running or stopped";

/** The kind of machine. */
export function parseType(text: string): Parsed<InstanceType> {
  return isType(text) ? accepted(text) : refused(problem(text, "is not a type", typeAllowed));
}

function isType(text: string): text is InstanceType {
  return Object.hasOwn(backendsOf, text);
}

const runsOthers: Readonly<Record<InstanceType, string>> = {
  container: "runs virtual machines, not containers",
  vm: "runs containers, not virtual machines",
};
const notYet = "is not available yet";

/** Words that are known, and no providers of this release. */
const otherProviders: ReadonlyMap<string, string> = new Map([
  ["vagrant", "is what sets virtual machines up, on a provider of its own"],
  ["orbstack", notYet],
  ["proxmox", notYet],
  ["kubernetes", notYet],
]);

/**
 * The program that runs the instance.
 *
 * @param type @default it is not known: a provider of any will do
 */
export function parseProvider(text: string, type?: InstanceType): Parsed<Backend> {
  const allowed = type === undefined ? providerAllowed : providersAllowed[type];
  if (!isBackend(text)) return refused(problem(text, otherProviders.get(text) ?? "is not a provider", allowed));
  if (type === undefined || runs(text, type)) return accepted(text);
  return refused(problem(text, runsOthers[type], allowed));
}

function runs(backend: Backend, type: InstanceType): boolean {
  return backendsOf[type].some((one) => one === backend);
}

function isBackend(text: string): text is Backend {
  return backends.some((backend) => backend === text);
}

/** How an instance meets the network. */
export function parseNetworkMode(text: string): Parsed<NetworkMode> {
  if (text === "default" || text === "bridge") return accepted(text);
  return refused(problem(text, "is not a network mode", networkAllowed));
}

/** Whether the instance is meant to run. */
export function parsePower(text: string): Parsed<Power> {
  if (text === "running" || text === "stopped") return accepted(text);
  return refused(problem(text, "is not a state of power", powerAllowed));
}
