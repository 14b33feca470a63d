/** The networks of virtual machines on the real libvirt, without a machine. */

import { macOf } from "../../drivers/vagrant/mac";
import { ensureNetwork, leaveNetworks, listNetworks } from "../../drivers/vagrant/networks";
import { reserveAddress } from "../../drivers/vagrant/reservations";
import { Virsh } from "../../drivers/vagrant/virsh";
import { stackNetwork } from "../../settings/stack-network";
import { useTemporaryFolder } from "../support/temporary-folder";
import { uniqueHost } from "./support-driver";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(60_000);

describeWithMachines("an address that a killed run left half given", () => {
  const libvirt = new Virsh({ environment: process.env });
  const folder = useTemporaryFolder();
  const host = uniqueHost();
  const identity = { host, stack: `stack-${host}`, id: "web", name: `web-${host}`, backend: "libvirt" };
  const network = stackNetwork(identity.stack, "10.223.248.0/24");
  const entry = `<host mac='${macOf(identity)}' name='web' ip='10.223.248.77'/>`;
  const giveHalf = (where: string) => virsh("net-update", network.name, "add-last", "ip-dhcp-host", entry, where);
  const names = async () => (await listNetworks(libvirt)).map(({ name }) => name);

  beforeEach(() => ensureNetwork(libvirt, network, identity, folder()));
  afterEach(async () => {
    await virsh("net-destroy", network.name).catch(() => undefined);
    await virsh("net-undefine", network.name).catch(() => undefined);
  });

  test("in the description alone does not keep its machine from getting one", async () => {
    await giveHalf("--config");
    expect(await reserveAddress(libvirt, network, identity)).toMatch(/^10\.223\.248\.[1-9]\d$/);
  });

  test.each(["--config", "--live"])("by %s does not keep its network", async (where) => {
    await giveHalf(where);
    await leaveNetworks(libvirt, identity);
    expect(await names()).not.toContain(network.name);
  });
});
