/** What libvirt is told of networks, and what is read of them. */

import { addressScript } from "../../../drivers/vagrant/bridges";
import { parseDomains } from "../../../drivers/vagrant/domains";
import { macOf } from "../../../drivers/vagrant/mac";
import { parseNetworks, renderBridge, renderNetwork } from "../../../drivers/vagrant/network-xml";
import { findNetwork } from "../../../drivers/vagrant/networks";
import { nameContainer, reserveAddress } from "../../../drivers/vagrant/reservations";
import { uplinkOf } from "../../../drivers/vagrant/uplink";
import { bridgeOf } from "../../../settings/bridge";
import { stackNetwork } from "../../../settings/stack-network";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakeVirsh } from "./fake-virsh";
import { libvirtRecordingsFolder, recordingText } from "./recordings";
import { identity } from "./support";

const folder = useTemporaryFolder();
const otherFolder = useTemporaryFolder();
const network = stackNetwork(identity.stack, "10.192.7.0/24");
const bridge = bridgeOf("192.168.57.10");

const lastOf = (address: string) => Number(address.split(".")[3]);
const recorded = (name: string) => recordingText(name, libvirtRecordingsFolder);

test("a stack's network reaches others by this host's way out alone, and keeps the addresses of all on it", () => {
  const present = {
    uuid: "00000000-0000-4000-8000-000000000001",
    reserved: [{ mac: "52:54:00:00:00:01", name: "web", ip: "10.192.7.10" }],
    containers: [{ name: "cache", ip: "10.192.7.100" }],
  };
  const text = renderNetwork(network, { owner: identity, uplink: "eth0", present });
  expect(text).toContain('<forward mode="nat" dev="eth0"/>');
  expect(text).toContain("<host mac='52:54:00:00:00:01' name='web' ip='10.192.7.10'/>");
  expect(text).toContain("<dns>\n    <host ip='10.192.7.100'><hostname>cache</hostname></host>\n  </dns>");
  expect(text).toContain("<uuid>00000000-0000-4000-8000-000000000001</uuid>");
});

test("a stack's network is read as libvirt tells it", () => {
  expect(parseNetworks(recorded("stack-network.xml"))).toEqual([
    {
      name: "groundwork-web-1a2b3c-10-192-7",
      subnets: ["10.193.34.0/24"],
      uplink: "eth0",
      isUsed: true,
      uuid: "091a2a4c-7bd7-a6f6-4369-b8cb0302127a",
      reserved: [{ mac: "52:54:00:ab:1e:ee", name: "web", ip: "10.193.34.10" }],
      containers: [],
      owner: { host: "0123456789ab", stack: "web-1a2b3c" },
    },
  ]);
});

test("a bridge of ours is read as libvirt tells it: it is no stack's", () => {
  expect(parseNetworks(recorded("bridge.xml"))).toEqual([
    {
      name: "groundwork.bridge-172-30-223",
      subnets: ["172.30.223.0/24"],
      uplink: undefined,
      isUsed: true,
      uuid: "8bcc378a-4f3d-ccac-4ac4-32609a7e1e3e",
      reserved: [],
      containers: [],
      owner: { host: "0123456789ab", stack: "" },
    },
  ]);
});

test("a stack's network that is made first has no id of ours, so that libvirt refuses a second one of its name", () => {
  expect(renderNetwork(network, { owner: identity, uplink: "eth0" })).not.toContain("<uuid>");
});

test("a stack's network on a host without a way out forwards nothing", () => {
  expect(renderNetwork(network, { owner: identity, uplink: undefined })).not.toContain("<forward");
});

test.each([
  ["machine's", reserveAddress, "address-taken.txt", 10, 90],
  ["container's", nameContainer, "name-taken.txt", 100, 100],
])(
  "a %s address that another of the stack took at the same time is passed over",
  async (_whose, reserve, refusal, first, count) => {
    const present = { stdout: recorded("stack-network.xml") };
    const [given, taken, done] = [{}, { stderr: recorded(refusal), status: 1 }, {}];
    const cache = { ...identity, id: "cache" };
    const wanted = lastOf(await reserve(fakeVirsh(folder(), present, given, given, done), network, cache));
    const got = lastOf(await reserve(fakeVirsh(otherFolder(), present, given, given, taken, done), network, cache));
    expect(got).toBe(first + ((wanted - first + 1) % count));
  },
);

test("the names that containers have among machines are read as libvirt tells them, and stay theirs", async () => {
  const stdout = recorded("mixed-network.xml");
  expect(parseNetworks(stdout)[0]?.containers).toEqual([{ name: "cache", ip: "10.193.34.100" }]);
  const virsh = fakeVirsh(folder(), { stdout });
  expect(await nameContainer(virsh, network, { ...identity, id: "cache" })).toBe("10.193.34.100");
});

test("a network that is not there is none", async () => {
  const virsh = fakeVirsh(folder(), { stderr: recorded("no-network.txt"), status: 1 });
  expect(await findNetwork(virsh, network.name)).toBeUndefined();
});

test("a bridge of ours has the host's address, no names and no way out", () => {
  const text = renderBridge(bridge, identity.host);
  expect(text).toContain('<ip address="192.168.57.1" netmask="255.255.255.0"/>');
  expect(text).toContain('<dns enable="no"/>');
  expect(text).not.toContain("<forward");
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
  const cards = /( *<interface[^]*?<\/interface>\n)( *<interface[^]*?<\/interface>\n)/;
  const [domain] = parseDomains(recorded("running.txt").replace(cards, "$2$1"));
  expect(domain?.interfaces[0]?.network).toBe("groundwork.bridge-172-30-223");
  expect(domain?.network).toBe("groundwork-web-1a2b3c-10-192-7");
});

test("the script that sets an address names no card but by its hardware address", () => {
  const script = addressScript("192.168.57.10", "52:54:00:00:00:02");
  expect(script).not.toMatch(/\b(eth|ens|enp)\d/);
  expect(script).toContain("MACAddress=52:54:00:00:00:02");
});
