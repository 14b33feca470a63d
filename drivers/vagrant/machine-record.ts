/** What is written on a domain, so that it tells whose it is and what was asked for. */

import * as z from "zod";
import { formatPort } from "../../settings/instance-spec";
import { ownerLabels, type InstanceIdentity, type OwnerLabels } from "../../settings/instance-properties";
import type { DesiredInstance } from "../driver";

/** The name space of our element in a domain's and a network's metadata. */
export const metadataUri = "https://github.com/groundwork/instance";
/** The prefix that stands for it. */
export const metadataKey = "groundwork";

/** What {@link MachineRecord} must look like. */
export const recordSchema = z.object({
  /** The box as the user named it. */
  box: z.string(),
  environmentDigest: z.string(),
  /** The ports that are forwarded, spelled by `formatPort`, sorted. */
  ports: z.array(z.string()),
  /** Those of them that were chosen for the user. */
  automaticPorts: z.array(z.string()),
  /** Its own address on a bridge. @default none */
  address: z.object({ address: z.string(), automatic: z.boolean() }).optional(),
  /** Who logs in, with which key: what it was made with. */
  login: z.object({ user: z.string(), keyFile: z.string().optional() }).optional(),
  /** @default none: the stack is shared */
  projectDirectory: z.string().optional(),
});

/** What is written when a machine is finished: one without it was never handed over. */
export type MachineRecord = z.infer<typeof recordSchema>;

/** What is to be written of a machine that is as desired. */
export function recordOf({ spec, ports, address, properties, projectDirectory }: DesiredInstance): MachineRecord {
  const automatic = ports.filter((_port, index) => spec.ports[index]?.host === "auto");
  return {
    box: spec.image,
    environmentDigest: properties.environmentDigest,
    ports: [...properties.ports],
    automaticPorts: automatic.map(formatPort).sort(),
    ...(address === undefined ? {} : { address: { address, automatic: spec.ipAddress === undefined } }),
    ...(spec.login === undefined ? {} : { login: spec.login }),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
  };
}

/** The record as the text of an element; {@link parseRecord} reads it. */
export function formatRecord(record: MachineRecord): string {
  return JSON.stringify(record);
}

/** Undefined where it is none of ours. */
export function parseRecord(text: unknown): MachineRecord | undefined {
  return recordSchema.safeParse(parseJson(text)).data;
}

/** What the labels of a machine must look like. */
export const labelsSchema = z.object({
  "groundwork.host": z.string(),
  "groundwork.stack": z.string(),
  "groundwork.id": z.string(),
});

/** A domain's description: it stands there from the domain's first moment, as the labels of a container do. */
export function formatLabels(identity: Pick<InstanceIdentity, "host" | "stack" | "id">): string {
  return JSON.stringify(ownerLabels(identity));
}

/** The labels in a description; undefined where Groundwork did not write it. */
export function parseLabels(description: unknown): OwnerLabels | undefined {
  return labelsSchema.safeParse(parseJson(description)).data;
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
