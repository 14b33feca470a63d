/** Virtual machines on libvirt keep the contract of drivers. */

import { join } from "node:path";
import { x } from "tinyexec";
import { createDriver } from "../../../drivers";
import { macOf } from "../../../drivers/vagrant/mac";
import type { InstanceSpec, LeasedPort } from "../../../settings/instance-spec";
import { freePort } from "../../support/free-port";
import { hostSetup, Sandbox } from "../../support/sandbox";
import { freeSubnet, sleeper, uniqueHost } from "../support-driver";
import { describeWithMachines, takeMemory, virsh } from "../support-vm";
import { keepsTheContract, type ContractBackend } from "./driver-contract";

// A machine boots in a minute where it is emulated, and the story boots four.
jest.setTimeout(1_500_000);

describeWithMachines("on libvirt", () => {
  keepsTheContract(open);
});

async function open(): Promise<ContractBackend> {
  const sandbox = new Sandbox();
  const { environment } = sandbox;
  const { virsh: program, vagrant, box } = hostSetup!;
  const [directory, images] = [join(sandbox.root, "machines"), join(sandbox.root, "images")];
  const machines = { directory, images, vagrant: vagrant!.path, box };
  const options = { paths: { libvirt: program!.path }, environment, machines };
  const driver = createDriver("libvirt", { ...options, digest: JSON.stringify });
  const host = uniqueHost();
  const port = { host: await freePort(), inside: 80, protocol: "tcp", address: "127.0.0.1" } as const;
  const subnet = freeSubnet();
  const machine = (over: Partial<InstanceSpec>, ports: readonly LeasedPort[]) =>
    sleeper(
      host,
      {
        type: "vm",
        backend: "libvirt",
        image: box!.name,
        command: [],
        memoryMiB: 512,
        diskGiB: 5,
        ports,
        login: { user: "vagrant" },
        ...over,
      },
      { subnet, ports },
    );
  const desired: ContractBackend["desired"] = (over = {}) => machine(over, over.id === undefined ? [port] : []);
  const { identity } = desired();

  const socketOf = async (name: string) => {
    const uuid = await virsh("domuuid", name);
    return join(machines.directory, uuid.slice(0, 8), "ssh");
  };

  return {
    name: "libvirt",
    driver,
    options,
    desired,
    withOtherPort: ({ spec }) => machine(spec, [{ ...port, inside: 81 }]),
    byHand: [
      { memoryMiB: takeMemory },
      { ports: async (name) => x("ssh", ["-S", await socketOf(name), "-O", "exit", name]) },
      {
        running: (name) => virsh("destroy", name),
        exists: (name) => virsh("undefine", name),
      },
    ],
    byHandStopped: {
      cpus: (name) => virsh("setvcpus", name, "1", "--config"),
      network: (name) => virsh("detach-interface", name, "network", "--mac", macOf(identity), "--config"),
      name: (name) => virsh("domrename", name, `${name}-renamed`),
    },
    async foreign(name) {
      const xml = `<domain type="qemu"><name>${name}</name><memory>16384</memory><os><type>hvm</type></os></domain>`;
      await sandbox.run("sh", ["-c", 'printf %s "$1" > domain.xml', "sh", xml], sandbox.root);
      await virsh("define", join(sandbox.root, "domain.xml"));
      return () => virsh("undefine", name);
    },
    killPoints: [300, 3_000, 9_000],
    async dispose() {
      for (const found of await driver.list(host)) await driver.remove(found.identity);
      for (const id of ["web", "taken"]) await driver.remove({ ...identity, id, name: `${id}-${host}` });
      for (const leftover of await driver.leftovers(host)) await driver.removeLeftover(leftover);
      await sandbox.dispose();
    },
  };
}
