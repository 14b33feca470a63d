/** Makes the one report of an instance out of the ledger's entry and what is really there. */

import * as z from "zod";
import { backends, typeOf } from "../settings/instance-spec";
import type { InstanceReport, InstanceState } from "../settings/instance-report";
import { socketOf, urlOf } from "./addresses";
import type { LocatedInstance } from "./instance";

/** The schema of {@link InstanceReport}. */
export const instanceReport = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(["container", "vm"]),
  backend: z.enum(backends),
  state: z.enum(["not_created", "creating", "running", "stopped", "removing"]),
  /** Who has its name at the backend, where that is someone else. */
  nameHeldBy: z.string().optional(),
  ports: z
    .array(z.object({ address: z.string(), host: z.number(), inside: z.number(), protocol: z.enum(["tcp", "udp"]) }))
    .readonly(),
  /** Its own address on a bridge, reached from this host. */
  address: z.string().optional(),
  login: z.array(z.string()).readonly(),
});

/** The report of an instance that the ledger knows. */
export function reportOf({ entry, target, driver, observation }: LocatedInstance): InstanceReport {
  return {
    id: entry.id,
    name: entry.name,
    type: typeOf(entry.backend),
    backend: entry.backend,
    state: stateOf(entry.intent, observation),
    ...(observation.state === "foreign" ? { nameHeldBy: observation.description } : {}),
    ports: entry.ports.map(({ address, host, inside, protocol }) => ({ address, host, inside, protocol })),
    ...(entry.address === undefined ? {} : { address: entry.address.address }),
    login: [...driver.execCommand(target, [], true)],
  };
}

function stateOf(
  intent: LocatedInstance["entry"]["intent"],
  observation: LocatedInstance["observation"],
): InstanceState {
  const live = intent !== undefined && !intent.stale;
  if (live && intent.kind === "removing") return "removing";
  if (observation.state === "present") return observation.properties.running ? "running" : "stopped";
  return live ? "creating" : "not_created";
}

/** The report for people: a line for the instance, and one for each port. */
export function reportText(report: InstanceReport): string {
  const ports = report.ports.map((port) => `  ${urlOf(port) ?? socketOf(port)} -> ${port.inside}/${port.protocol}`);
  const holder = report.nameHeldBy === undefined ? [] : [`  ${report.nameHeldBy}`];
  const line = `${report.id} (${report.type} on ${report.backend}, ${report.name}): ${report.state}`;
  const address = report.address === undefined ? [] : [`  its own address: ${report.address}`];
  return [line, ...holder, ...address, ...ports].join("\n");
}

/** The value of a property, for people. */
export function showValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
