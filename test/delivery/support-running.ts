/** A run of `bin/delivery` that a test interrupts. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DeliveryCheckout } from "./support-checkout";

/** Starts `bin/delivery VERB -s STACK` and does not wait for it. @param variables besides the sandbox's */
export function startDelivery(
  { sandbox, directory, stack }: Pick<DeliveryCheckout, "sandbox" | "directory" | "stack">,
  variables: NodeJS.ProcessEnv,
  verb: string,
  ...parameters: string[]
): { readonly pid: number; readonly ended: Promise<unknown> } {
  const child = spawn(join(directory, "bin", "delivery"), [verb, "--stack", stack, ...parameters], {
    cwd: directory,
    env: { ...sandbox.environment, ...variables },
    stdio: "ignore",
  });
  return { pid: child.pid!, ended: once(child, "exit") };
}
