/** The hardware addresses of instances. Pure. */

import { createHash } from "node:crypto";
import type { InstanceIdentity } from "../../settings/instance-properties";

/**
 * The hardware address of an instance: one of QEMU's, made of who the instance is.
 *
 * @param address of the interface that has this address. @default of the one on its stack's network
 */
export function macOf({ host, stack, id }: Pick<InstanceIdentity, "host" | "stack" | "id">, address?: string): string {
  const who = [host, stack, id, ...(address === undefined ? [] : [address])];
  const [a = "", b = "", c = ""] = createHash("sha256").update(who.join("\0")).digest("hex").match(/../g) ?? [];
  return `52:54:00:${a}:${b}:${c}`;
}
