/** What is wrong with the addresses of a stack's instances, though each address alone is right. */

import { addressWish, judgeAddress } from "./bridge";
import type { Violation } from "./errors";
import type { InstanceSpec } from "./instance-spec";
import { problem } from "./values";

/** An address without a bridge, one that the provider does not allow, and one that two instances ask for. */
export function addressViolations(instance: InstanceSpec, earlier: readonly InstanceSpec[]): Violation[] {
  const { id, ipAddress } = instance;
  if (ipAddress === undefined) return [];
  const key = `instances.${id}.ipAddress`;
  const wrong = judgeAddress(instance, "networkMode: bridge");
  if (wrong !== undefined) return [{ key, ...wrong }];
  const twin = earlier.find((one) => addressWish(one) === ipAddress);
  if (twin === undefined) return [];
  return [{ key, ...problem(ipAddress, `is also the address of instances.${twin.id}`, "each address once") }];
}
