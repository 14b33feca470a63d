/** The networks of virtual machines on the real libvirt, without a machine. */

import { macOf } from "../../drivers/vagrant/mac";
import { ensureNetwork, leaveNetworks, listNetworks } from "../../drivers/vagrant/networks";
import { reserveAddress } from "../../drivers/vagrant/reservations";
import { Virsh } from "../../drivers/vagrant/virsh";
import { stackNetwork } from "../../settings/stack-network";
import { useTemporaryFolder } from "../support/temporary-folder";
import { freeSubnet, uniqueHost } from "./support-driver";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(60_000);

describeWithMachines("an address that a killed run left half given", () => {
  const libvirt = new Virsh({ environment: process.env });
  const folder = useTemporaryFolder();
  const host = uniqueHost();
  const identity = { host, stack: `stack-${host}`, id: "web", name: `web-${host}`, backend: "libvirt" };
  const subnet = freeSubnet();
  const base = subnet.replace(/0\/24$/, "");
  const network = stackNetwork(identity.stack, subnet);
  const entry = `<host mac='${macOf(identity)}' name='web' ip='${base}77'/>`;
  const giveHalf = (where: string) => virsh("net-update", network.name, "add-last", "ip-dhcp-host", entry, where);
  const names = async () => (await listNetworks(libvirt)).map(({ name }) => name);

  beforeEach(() => ensureNetwork(libvirt, network, identity, folder()));
  afterEach(async () => {
    await virsh("net-destroy", network.name).catch(() => undefined);
    await virsh("net-undefine", network.name).catch(() => undefined);
  });

  test("in the description alone does not keep its machine from getting one", async () => {
    await giveHalf("--config");
    expect(await reserveAddress(libvirt, network, identity)).toMatch(
      new RegExp(`^${base.replaceAll(".", "[.]")}[1-9]\\d$`),
    );
  });

  test.each(["--config", "--live"])("by %s does not keep its network", async (where) => {
    await giveHalf(where);
    await leaveNetworks(libvirt, identity);
    expect(await names()).not.toContain(network.name);
  });
});
