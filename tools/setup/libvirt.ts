/** libvirt: its daemon answers, or is started where no systemd does that. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError, messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { bootsOnKvm } from "./kvm-probe";
import { run, say } from "./processes";
import { asRoot } from "./system-packages";

/** The daemon that the drivers talk to. */
const address = "qemu:///system";

/** A daemon that has just been started answers within this time. */
const startSeconds = 30;

/**
 * Sees that libvirt's daemon answers. Where it does not and the system has no systemd, starts it; the services of a
 * system that has are its administrator's.
 *
 * @param virsh the program's path
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE with the command that starts it, or the reason
 */
export async function assertLibvirt(virsh: string): Promise<void> {
  const reason = await refusalOf(virsh);
  if (reason === undefined) return;
  const root = await asRoot();
  const hasSystemd = existsSync("/run/systemd/system");
  if (hasSystemd || root === undefined) {
    throw unavailable(reason, hasSystemd ? "sudo systemctl enable --now libvirtd" : "sudo libvirtd -d");
  }
  say("libvirt: starting its daemons: this system has no systemd that would");
  await start(root, ["virtlogd", "-d"]);
  await start(root, existsSync("/dev/kvm") && !(await bootsOnKvm()) ? withoutKvm() : ["libvirtd", "-d"]);
  const second = await untilAnswered(virsh);
  if (second !== undefined) throw unavailable(second, "sudo libvirtd");
}

/** Whether libvirt offers machines that run at the processor's speed. */
export async function offersKvm(virsh: string): Promise<boolean> {
  const question = ["--connect", address, "domcapabilities", "--virttype", "kvm"];
  const answer = run(virsh, question, { timeoutSeconds: 20 });
  return await answer.then(
    () => true,
    () => false,
  );
}

/**
 * libvirtd in a mount namespace where there is no /dev/kvm: one that cannot be used, or only more slowly than an emulated
 * processor, makes libvirt 9.0 ask QEMU for what it can do again whenever it defines a machine, a minute each time. QEMU
 * then gets no mount namespace of its own, which would look for the device.
 */
function withoutKvm(): readonly string[] {
  const folder = join(cacheFolder(), "libvirt");
  const device = join(folder, "no-kvm");
  const settings = join(folder, "qemu.conf");
  const configured = "/etc/libvirt/qemu.conf";
  const lines = existsSync(configured) ? readFileSync(configured, "utf8").split("\n") : [];
  mkdirSync(folder, { recursive: true });
  writeFileSync(device, "");
  writeFileSync(
    settings,
    [...lines.filter((line) => !line.startsWith("namespaces")), "namespaces = []", ""].join("\n"),
  );
  const script = `mount --bind "$1" /dev/kvm && mount --bind "$2" ${configured} && exec libvirtd -d`;
  return ["unshare", "--mount", "--propagation", "slave", "sh", "-c", script, "sh", device, settings];
}

/** One that runs already says so and ends with a failure; whether libvirt answers is what counts. */
async function start(root: readonly string[], command: readonly string[]): Promise<void> {
  const [program = "", ...rest] = [...root, "env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...command];
  await run(program, rest, { timeoutSeconds: startSeconds }).catch((error: unknown) => {
    say(`libvirt: ${messageOf(error)}`);
  });
}

async function untilAnswered(virsh: string): Promise<string | undefined> {
  const limit = performance.now() + startSeconds * 1000;
  for (;;) {
    const reason = await refusalOf(virsh);
    if (reason === undefined || performance.now() > limit) return reason;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Why libvirt does not answer; undefined where it does. */
async function refusalOf(virsh: string): Promise<string | undefined> {
  const answer = run(virsh, ["--connect", address, "list"], { timeoutSeconds: 20 });
  return await answer.then(() => undefined, messageOf);
}

function unavailable(reason: string, command: string): GroundworkError {
  const permission = /denied|authentication/i.test(reason);
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `libvirt does not answer at ${address}: ${reason}.`, {
    details: { address },
    suggestion: permission
      ? "Run `sudo usermod -aG libvirt $USER`, log in again, then run `make setup-vm`."
      : `Run \`${command}\`, then \`make setup-vm\`.`,
  });
}
