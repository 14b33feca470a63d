/** Vagrant with its libvirt plugin, libvirt, QEMU and xorriso: found, or installed from the system's packages. */

import type { SetupRecord } from "../../host/setup-record";
import { GroundworkError, messageOf } from "../../settings/errors";
import { run, say } from "./processes";
import { installPackages, type Packages } from "./system-packages";
import { findVersion } from "./texts";

/** The programs that virtual machines need, as the setup record holds them. */
export type VmPrograms = Required<Pick<SetupRecord, "vagrant" | "virsh">>;

const packages: Packages = {
  "apt-get": [
    "vagrant",
    "vagrant-libvirt",
    "libvirt-daemon-system",
    "libvirt-clients",
    "qemu-system-x86",
    "qemu-utils",
    "dnsmasq-base",
    "iptables",
    "openssh-client",
    "rsync",
    "xorriso",
  ],
  dnf: ["vagrant", "vagrant-libvirt", "libvirt", "qemu-kvm", "xorriso"],
};

/**
 * Finds them, or installs them where set-up may.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE with the command for a person to run, where it may not or that fails
 */
export async function setUpVagrant(): Promise<VmPrograms> {
  const present = await findPrograms();
  if (typeof present !== "string") return present;
  say(`vm: ${present}`);
  try {
    await installPackages("vm: installing", packages);
  } catch (error) {
    throw missing(present, messageOf(error));
  }
  const installed = await findPrograms();
  if (typeof installed === "string") throw missing(installed, "the packages were installed");
  return installed;
}

/** The programs, or what is not there. */
async function findPrograms(): Promise<VmPrograms | string> {
  const vagrant = await find("vagrant", ["--version"]);
  if (vagrant === undefined) return "there is no vagrant";
  const virsh = await find("virsh", ["--version"]);
  if (virsh === undefined) return "there is no virsh";
  if ((await find("qemu-system-x86_64", ["--version"])) === undefined) return "there is no qemu-system-x86_64";
  if ((await find("xorrisofs", ["-version"])) === undefined)
    return "there is no xorrisofs, for the seeds of cloud images";
  const plugins = await run(vagrant.path, ["plugin", "list"]).catch(() => "");
  if (!/^vagrant-libvirt /m.test(plugins)) return "Vagrant has no plugin vagrant-libvirt";
  return { vagrant, virsh };
}

async function find(program: string, question: readonly string[]): Promise<VmPrograms["vagrant"] | undefined> {
  try {
    const path = await run("sh", ["-c", 'command -v "$1"', "sh", program]);
    const version = findVersion(await run(path, question));
    return version === undefined ? undefined : { path, version };
  } catch {
    return undefined;
  }
}

function missing(what: string, reason: string): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `Virtual machines are not available: ${what}; ${reason}.`, {
    suggestion:
      "Install Vagrant, vagrant-libvirt, libvirt, QEMU and xorriso for this system, then run `make setup-vm`.",
  });
}
