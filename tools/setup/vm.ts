/**
 * `make setup-vm`: finds or installs what virtual machines need on this host, says one line per part and adds it to the
 * record that `make setup` left.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { groundworkHome } from "../../host/home";
import { readSetup, writeSetup } from "../../host/setup-record";
import { GroundworkError, messageOf } from "../../settings/errors";
import { setUpBox } from "./box";
import { adviceOnKvm, type KvmFacts } from "./kvm";
import { bootsOnKvm } from "./kvm-probe";
import { assertLibvirt, offersKvm } from "./libvirt";
import { say } from "./processes";
import { ready } from "./report";
import { setUpVagrant } from "./vagrant";

/** The folder of this repository; the program runs from dist/. */
const checkout = join(__dirname, "..");

async function setUpVm(): Promise<void> {
  const home = groundworkHome();
  const record = readSetup(home);
  if (record === undefined) {
    throw new GroundworkError("PROVIDER_NOT_AVAILABLE", "Set-up has not run yet.", { suggestion: "Run `make setup`." });
  }
  const { vagrant, virsh } = await setUpVagrant();
  ready(`vagrant ${vagrant.version}`, vagrant.path);
  await assertLibvirt(virsh.path);
  ready(`libvirt ${virsh.version}`, virsh.path);
  const advice = adviceOnKvm(await kvmFacts(virsh.path));
  if (advice !== undefined) say(`kvm: machines are emulated, and take a minute to boot: ${advice}`);
  const box = await setUpBox(vagrant.path, checkout);
  ready(`box ${box.name}`, box.origin);
  writeSetup(home, { ...record, vagrant, virsh, box });
}

async function kvmFacts(virsh: string): Promise<KvmFacts> {
  const isOffered = await offersKvm(virsh);
  return {
    isOffered,
    hasDevice: existsSync("/dev/kvm"),
    boots: isOffered || (await bootsOnKvm()),
    cpuInfo: existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "",
  };
}

void setUpVm().catch((cause: unknown) => {
  const error =
    cause instanceof GroundworkError
      ? cause
      : new GroundworkError("PROVIDER_NOT_AVAILABLE", messageOf(cause), { cause });
  process.stderr.write(`${error.toText()}\n`);
  process.exitCode = error.exitStatus;
});
