/** Virtual machines in tests: where libvirt can run them, and what is done to them behind the tool's back. */

import { x } from "tinyexec";
import { cloudImageFile } from "../../tools/test/cloud-image";
import { hostSetup, skipSaying } from "../support/sandbox";
import { until } from "./support-outcome";

/** Whether this host's libvirt answers, and a box is there. */
function missing(): string | undefined {
  if (hostSetup?.virsh === undefined || hostSetup.vagrant === undefined)
    return "`make setup-vm` has not left libvirt and Vagrant on this host";
  return hostSetup.box === undefined ? "`make setup-vm` has not left a box on this host" : undefined;
}

const reason = missing();

/** `describe` where a virtual machine can be made; elsewhere the group is skipped, and says why. */
export const describeWithMachines: jest.Describe = reason === undefined ? describe : skipSaying(reason);

/** A cloud image of the tests' own. @default none: `make test` could not build it here */
export const cloudImage = cloudImageFile();

/** `describe` where there is a cloud image; elsewhere the group is skipped, and says why. */
export const describeWithCloudImage: jest.Describe =
  cloudImage === undefined ? skipSaying("there is no cloud image; `make test` builds it on Debian") : describe;

/** Runs `virsh` on the system's libvirt; returns what it printed. */
export async function virsh(...parameters: string[]): Promise<string> {
  const ended = await x("virsh", ["-c", "qemu:///system", "--quiet", ...parameters]);
  if (ended.exitCode !== 0) throw new Error(`virsh ${parameters.join(" ")}: ${ended.stderr}`);
  return ended.stdout.trim();
}

/** Takes memory from a running machine by hand, and waits until its guest, which does so bit by bit, has given some. */
export async function takeMemory(name: string): Promise<void> {
  const before = await usedMiB(name);
  await virsh("setmem", name, "450M", "--live");
  await until("the guest has given memory back", async () => (await usedMiB(name)) < before - 8);
}

async function usedMiB(name: string): Promise<number> {
  const [, kib = ""] = /^Used memory:\s+(\d+) KiB$/m.exec(await virsh("dominfo", name)) ?? [];
  return Number(kib) / 1024;
}
