/** Starts and stops a machine. */

import { setTimeout as wait } from "node:timers/promises";
import { virshError, type Virsh } from "./virsh";

/** Seconds that a machine gets to shut down; an emulated one is slow. */
const shutdownSeconds = 90;

/** Starts it; one that runs is fine, and one that is paused goes on. */
export async function startDomain(virsh: Virsh, uuid: string): Promise<void> {
  const started = await virsh.call(["start", uuid]);
  if (started.exitCode === 0) return;
  if (!/already active/i.test(started.stderr)) throw virshError(["start"], started);
  await virsh.call(["resume", uuid]);
}

/** Asks it to shut down, and ends it when it does not; one that is off is fine. @param graceful false: at once */
export async function stopDomain(virsh: Virsh, uuid: string, graceful: boolean): Promise<void> {
  const end = performance.now() + shutdownSeconds * 1000;
  let asked = 0;
  while (graceful && performance.now() < end) {
    const { exitCode, stdout } = await virsh.call(["domstate", uuid]);
    if (exitCode !== 0 || stdout.trim() !== "running") break;
    // A guest that is still booting does not hear the first one.
    if (performance.now() > asked) {
      await virsh.call(["shutdown", uuid]);
      asked = performance.now() + 10_000;
    }
    await wait(300);
  }
  await virsh.call(["destroy", uuid]);
}
