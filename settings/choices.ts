/** Values that are one word of a few, and what is said of words that are known but not available. */

import { backends, type Backend, type InstanceType, type Power } from "./instance-spec";
import { accepted, problem, refused, type Parsed } from "./values";

/** What INFRA_TYPE may be, in words. */
export const typeAllowed = "container";
/** What PROVIDER may be for a container, in words. */
export const providerAllowed = "podman or docker";
/** What NETWORK_MODE may be, in words. */
export const networkAllowed = "default";
/** What power may be, in words. */
const powerAllowed = "running or stopped";

/** The kind of machine. `vm` is a word of the contract, but not of this release. */
export function parseType(text: string): Parsed<InstanceType> {
  if (text === "container") return accepted(text);
  const what = text === "vm" ? "is not available yet: virtual machines come with a later release" : "is not a type";
  return refused(problem(text, what, typeAllowed));
}

const machinesOnly = "runs virtual machines, not containers";
const notYet = "is not available yet";

const otherProviders: ReadonlyMap<string, string> = new Map([
  ["virtualbox", machinesOnly],
  ["libvirt", machinesOnly],
  ["vagrant", machinesOnly],
  ["orbstack", notYet],
  ["proxmox", notYet],
  ["kubernetes", notYet],
]);

/** The program that runs a container. */
export function parseProvider(text: string): Parsed<Backend> {
  if (isBackend(text)) return accepted(text);
  return refused(problem(text, otherProviders.get(text) ?? "is not a provider", providerAllowed));
}

/** Whether the word names a provider that Groundwork knows, whatever it runs. */
export function isKnownProvider(text: string): boolean {
  return isBackend(text) || otherProviders.has(text);
}

function isBackend(text: string): text is Backend {
  return backends.some((backend) => backend === text);
}

/** The network of an instance. `bridge` is a word of the contract, but not of this release. */
export function parseNetworkMode(text: string): Parsed<"default"> {
  if (text === "default") return accepted(text);
  return refused(problem(text, text === "bridge" ? notYet : "is not a network mode", networkAllowed));
}

/** Whether the instance is meant to run. */
export function parsePower(text: string): Parsed<Power> {
  if (text === "running" || text === "stopped") return accepted(text);
  return refused(problem(text, "is not a state of power", powerAllowed));
}
