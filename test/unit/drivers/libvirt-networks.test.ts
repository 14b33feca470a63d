/** What libvirt is told of networks, and what is read of them. */

import { addressScript } from "../../../drivers/vagrant/bridges";
import { parseDomains } from "../../../drivers/vagrant/domains";
import { parseNetworks, renderBridge, renderNetwork } from "../../../drivers/vagrant/network-xml";
import { macOf } from "../../../drivers/vagrant/networks";
import { uplinkOf } from "../../../drivers/vagrant/uplink";
import { bridgeOf } from "../../../settings/bridge";
import { stackNetwork } from "../../../settings/stack-network";
import { identity } from "./support";

const network = stackNetwork(identity.stack, "10.192.7.0/24");
const bridge = bridgeOf("192.168.57.10");

/** What libvirt prints of what it was given: quotation marks need no other spelling in a text. */
const printed = (text: string) => text.replaceAll("&#34;", '"');

test("a stack's network reaches others by this host's way out alone, and is read back", () => {
  const reserved = [{ mac: "52:54:00:00:00:01", name: "web", ip: "10.192.7.10" }];
  const [read] = parseNetworks(printed(renderNetwork(network, { owner: identity, uplink: "eth0", reserved })));
  expect(read).toEqual({
    ...{ name: network.name, subnets: ["10.192.7.0/24"], reserved, uplink: "eth0", isUsed: false },
    owner: { host: identity.host, stack: identity.stack },
  });
});

test("a stack's network on a host without a way out forwards nothing", () => {
  expect(renderNetwork(network, { owner: identity, uplink: undefined })).not.toContain("<forward");
});

test("a bridge of ours has the host's address, no names and no way out", () => {
  const text = renderBridge(bridge, identity.host);
  expect(text).toContain('<ip address="192.168.57.1" netmask="255.255.255.0"/>');
  expect(text).toContain('<dns enable="no"/>');
  expect(text).not.toContain("<forward");
  expect(parseNetworks(printed(text))[0]).toMatchObject({ owner: { host: identity.host, stack: "" } });
});

test("a bridge that the host has already is joined as it is", () => {
  const text = renderBridge(bridge, identity.host, "br0");
  expect(text).toContain('<forward mode="bridge"/>\n  <bridge name="br0"/>');
  expect(text).not.toContain("<ip ");
});

test.each([
  ["the only default route", ["eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0"], "eth0"],
  [
    "the default route that the kernel prefers",
    [
      "wlan0 00000000 0101A8C0 0003 0 0 600 00000000 0 0 0",
      "eth0 00000000 010200C0 0003 0 0 100 00000000 0 0 0",
      "podman0 0000580A 00000000 0001 0 0 0 0000FFFF 0 0 0",
    ],
    "eth0",
  ],
  ["none where nothing but half of all addresses is routed", ["tun0 00000000 0 0003 0 0 0 00000080 0 0 0"], undefined],
])("the way out is %s", (_what, routes, expected) => {
  expect(
    uplinkOf(["Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT", ...routes].join("\n")),
  ).toBe(expected);
});

test("each address has a card of its own", () => {
  const cards = [macOf(identity), macOf(identity, "192.168.57.10"), macOf(identity, "192.168.57.11")];
  expect(new Set(cards).size).toBe(3);
});

test("the network of a machine is the one that is no bridge, wherever it stands", () => {
  const nic = (name: string, mac: string) =>
    `<interface type='network'><mac address='${mac}'/><source network='${name}'/></interface>`;
  const devices = nic(bridge.name, "52:54:00:00:00:02") + nic(network.name, "52:54:00:00:00:01");
  const [domain] = parseDomains(
    `<domain type='qemu'><name>web</name><uuid>u</uuid><memory unit='KiB'>524288</memory><currentMemory unit='KiB'>524288</currentMemory>` +
      `<vcpu>1</vcpu><devices>${devices}</devices></domain>\nrunning\n`,
  );
  expect(domain?.network).toBe(network.name);
  expect(domain?.interfaces).toEqual([
    { network: bridge.name, mac: "52:54:00:00:00:02" },
    { network: network.name, mac: "52:54:00:00:00:01" },
  ]);
});

test("the script that sets an address names no card but by its hardware address", () => {
  const script = addressScript("192.168.57.10", "52:54:00:00:00:02");
  expect(script).not.toMatch(/\b(eth|ens|enp)\d/);
  expect(script).toContain("MACAddress=52:54:00:00:00:02");
});
