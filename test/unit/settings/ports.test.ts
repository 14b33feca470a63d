import { parsePorts, portsClash } from "../../../settings/ports";
import type { PortWish } from "../../../settings/instance-spec";
import { splitList } from "../../../settings/values";

const ports = (text: string) => parsePorts(splitList(text));
const messagesOf = (text: string): string[] => {
  const parsed = ports(text);
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
};

describe("PORTS", () => {
  test.each<[string, PortWish]>([
    ["8080:80", { address: "127.0.0.1", host: 8080, inside: 80, protocol: "tcp" }],
    ["auto:80", { address: "127.0.0.1", host: "auto", inside: 80, protocol: "tcp" }],
    ["8080:80/tcp", { address: "127.0.0.1", host: 8080, inside: 80, protocol: "tcp" }],
    ["53:53/udp", { address: "127.0.0.1", host: 53, inside: 53, protocol: "udp" }],
    ["0.0.0.0:8080:80", { address: "0.0.0.0", host: 8080, inside: 80, protocol: "tcp" }],
    ["192.168.1.4:auto:80", { address: "192.168.1.4", host: "auto", inside: 80, protocol: "tcp" }],
    ["[::1]:8080:80", { address: "::1", host: 8080, inside: 80, protocol: "tcp" }],
    ["[0:0:0:0:0:0:0:1]:8080:80", { address: "::1", host: 8080, inside: 80, protocol: "tcp" }],
    ["65535:65535", { address: "127.0.0.1", host: 65535, inside: 65535, protocol: "tcp" }],
  ])("%s is understood", (text, wish) => {
    expect(ports(text)).toEqual({ ok: true, value: [wish] });
  });

  test.each([
    ["80", '"80" is not a port mapping'],
    ["", undefined],
    ["0:80", 'has no port of the host where "0" stands; allowed: auto, or 1 to 65535.'],
    ["99999:1", 'has no port of the host where "99999" stands; allowed: auto, or 1 to 65535.'],
    ["65536:1", 'has no port of the host where "65536" stands'],
    ["080:80", 'has no port of the host where "080" stands'],
    ["-1:80", 'has no port of the host where "-1" stands'],
    ["0x50:80", 'has no port of the host where "0x50" stands'],
    ["AUTO:80", 'has no port of the host where "AUTO" stands'],
    [":80", 'has no port of the host where "" stands'],
    ["auto:", 'has no port inside where "" stands; allowed: 1 to 65535.'],
    ["80:auto", 'has no port inside where "auto" stands'],
    ["80:0", 'has no port inside where "0" stands'],
    ["80 : 80", 'has no port of the host where "80 " stands'],
    ["80-90:80-90", 'has no port of the host where "80-90" stands'],
    ["80:80/sctp", 'has no protocol where "sctp" stands; allowed: tcp or udp.'],
    ["80:80/", 'has no protocol where "" stands'],
    ["80:80/tcp/udp", 'has no protocol where "tcp/udp" stands'],
    ["80:80:80", 'has no address where "80" stands; allowed: an IPv4 address, or an IPv6 address in brackets.'],
    ["localhost:80:80", 'has no address where "localhost" stands'],
    ["[::1:80:80", "is not a port mapping"],
    ["::1:80:80", "is not a port mapping"],
    ["[fe80::1%eth0]:80:80", 'has no address where "[fe80::1%eth0]" stands'],
    ["256.0.0.1:80:80", 'has no address where "256.0.0.1" stands'],
    ["80:80,", '"" is not a port mapping'],
  ])("%j is refused where it must be", (text, message) => {
    expect(messagesOf(text)).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
  });

  test("spaces around commas mean nothing", () => {
    expect(ports(" 8080:80 ,  8081:81 ")).toEqual(ports("8080:80,8081:81"));
  });

  test("every wrong entry is a problem of its own", () => {
    expect(messagesOf("0:80,8080:80,99999:1,auto:")).toHaveLength(3);
  });

  test.each([
    ["80:80,80:81", true],
    ["80:80,80:80", true],
    ["80:80,80:80/udp", false],
    ["127.0.0.1:80:80,127.0.0.2:80:80", true],
    ["80:80,0.0.0.0:80:81", true],
    ["0.0.0.0:80:80,10.0.0.1:80:81", true],
    ["0.0.0.0:80:80,[::1]:80:81", true],
    ["[::]:80:80,10.0.0.1:80:81", true],
    ["[::1]:80:80,[0::1]:80:81", true],
    ["80:80,81:80", false],
    ["auto:80,auto:80", true],
    ["auto:80,auto:80/udp", false],
    ["auto:80,0.0.0.0:auto:80", true],
    ["auto:80,8080:80", false],
  ])("%s: the second meets the first: %s", (text, clash) => {
    expect(messagesOf(text)).toHaveLength(clash ? 1 : 0);
  });

  test("a port of the host that is asked for twice names both entries", () => {
    expect(messagesOf("80:80,80:81")).toEqual([
      '"80:81" asks for the same port of the host as "80:80"; allowed: each port of the host once.',
    ]);
  });

  test("two automatic ports for one port inside name both entries", () => {
    expect(messagesOf("auto:80,auto:80/tcp")).toEqual([
      '"auto:80/tcp" asks for the same port inside as "auto:80"; allowed: auto once for each port inside.',
    ]);
  });

  test("automatic ports never clash with each other between instances", () => {
    const wish: PortWish = { address: "127.0.0.1", host: "auto", inside: 80, protocol: "tcp" };
    expect(portsClash(wish, wish)).toBe(false);
  });
});
