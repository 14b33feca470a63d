/** What is written on a domain, so that it tells whose it is and what was asked for. */

import * as z from "zod";
import { ownerLabels, type InstanceIdentity, type OwnerLabels } from "../../settings/instance-properties";

/** The name space of our element in a domain's and a network's metadata. */
export const metadataUri = "https://github.com/groundwork/instance";
/** The prefix that stands for it. */
export const metadataKey = "groundwork";

const recordSchema = z.object({
  /** The box as the user named it. */
  box: z.string(),
  environmentDigest: z.string(),
  /** The ports that are forwarded, spelled by `formatPort`, sorted. */
  ports: z.array(z.string()),
  /** Those of them that were chosen for the user. */
  automaticPorts: z.array(z.string()),
  /** @default none: the stack is shared */
  projectDirectory: z.string().optional(),
});

/** What is written when a machine is finished: one without it was never handed over. */
export type MachineRecord = z.infer<typeof recordSchema>;

/** The record as the text of an element; {@link parseRecord} reads it. */
export function formatRecord(record: MachineRecord): string {
  return JSON.stringify(record);
}

/** Undefined where it is none of ours. */
export function parseRecord(text: unknown): MachineRecord | undefined {
  return recordSchema.safeParse(parseJson(text)).data;
}

const labelsSchema = z.object({
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
