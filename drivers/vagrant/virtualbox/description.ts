/**
 * What is written in a machine's description, so that it tells whose it is and what was asked for. Pure. A description is
 * changed only while its machine is off: see IMachine::description in VirtualBox's SDK reference.
 */

import * as z from "zod";
import { labelsSchema, recordSchema } from "../machine-record";

const schema = z.object({
  labels: labelsSchema,
  record: recordSchema,
  /** The disk's size that was asked for; `showvminfo` does not tell the real one. */
  diskGiB: z.number(),
  /** Its own address; empty where it has none. */
  ipAddress: z.string(),
  /** A new box took its place; it waits for people to remove it. */
  kept: z.boolean().default(false),
});

/** All that is written. */
export type Description = z.infer<typeof schema>;

const prefix = "groundwork:";

/** One word without quotes: versions of VBoxManage differ in how they print one that has some. */
export function formatDescription(description: Description): string {
  return `${prefix}${Buffer.from(JSON.stringify(description)).toString("base64url")}`;
}

/** What {@link formatDescription} wrote; undefined for every other text. */
export function parseDescription(text: string): Description | undefined {
  if (!text.startsWith(prefix)) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(text.slice(prefix.length), "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}
