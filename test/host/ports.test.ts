import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { probePorts } from "../../host/ports";
import type { HostPort, PortUse } from "../../host/promises";
import { freePort } from "../support/free-port";
import { kill, message, useWorker } from "./workers";

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
const testIPv6 = hasIPv6 ? test : test.skip;

async function listen(host: string, ipv6Only = false): Promise<number> {
  const server = createServer().listen({ port: 0, host, ipv6Only });
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function look(port: number, address = "127.0.0.1", protocol: HostPort["protocol"] = "tcp"): Promise<PortUse> {
  const uses = await probePorts([{ protocol, port, address }]);
  return [...uses.values()][0]!;
}

describe("a TCP port", () => {
  test.each(["127.0.0.1", "0.0.0.0", "::1", "::"])("that nobody has is free at %s", async (address) => {
    expect(await look(await freePort(), address)).toEqual({ state: "free" });
  });

  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "0.0.0.0"],
    ["0.0.0.0", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
  ])("with a listener on %s is taken at %s", async (listener, address) => {
    expect((await look(await listen(listener), address)).state).toBe("taken");
  });

  testIPv6.each([
    ["::1", "127.0.0.1"],
    ["::1", "0.0.0.0"],
    ["::", "127.0.0.1"],
  ])("with a listener on %s of IPv6 alone is taken at %s", async (listener, address) => {
    expect((await look(await listen(listener, true), address)).state).toBe("taken");
  });

  test("stays free after the probe, twice in one question", async () => {
    const wanted = { protocol: "tcp", port: await freePort() } as const;
    const ports = [
      { ...wanted, address: "127.0.0.1" },
      { ...wanted, address: "0.0.0.0" },
      { ...wanted, address: "127.0.0.1" },
    ];
    const uses = await probePorts(ports);
    expect([...uses.values()]).toEqual([{ state: "free" }, { state: "free" }]);
  });

  test("at an address that this host does not have is left to the backend", async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737): no host has it.
    expect((await look(await freePort(), "192.0.2.1")).state).not.toBe("taken");
  });

  test("can be asked about by many at once without being taken for taken", async () => {
    const port = await freePort();
    const uses = await Promise.all(Array.from({ length: 3 }, () => look(port)));
    expect(uses.filter(({ state }) => state === "free").length).toBeGreaterThan(0);
  });
});

describe("a UDP port", () => {
  test("with a socket bound to it is taken, and its TCP namesake is not", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    const states = [await look(port, "127.0.0.1", "udp"), await look(port, "127.0.0.1", "tcp")].map(
      ({ state }) => state,
    );
    socket.close();
    expect(states).toEqual(["taken", "free"]);
  });

  testIPv6("with a socket bound to ::1 alone is taken at 127.0.0.1", async () => {
    const socket = createSocket("udp6").bind(0, "::1");
    await once(socket, "listening");
    const { state } = await look(socket.address().port, "127.0.0.1", "udp");
    socket.close();
    expect(state).toBe("taken");
  });

  test("that nobody has is free", async () => {
    expect((await look(await freePort(), "0.0.0.0", "udp")).state).toBe("free");
  });
});

describe("another process that has a port", () => {
  const start = useWorker("listen-worker");

  test.each([
    ["tcp", "127.0.0.1"],
    ["udp", "127.0.0.1"],
  ] as const)("by %s at %s is named with its pid and program", async (protocol, address) => {
    const worker = start(protocol, address);
    const port = await message<number>(worker);
    expect(await look(port, address, protocol)).toEqual({
      state: "taken",
      holder: { pid: worker.pid, command: "node" },
    });
  });

  testIPv6("at ::1 alone is named with its pid and program", async () => {
    const worker = start("tcp", "::1");
    const port = await message<number>(worker);
    expect(await look(port)).toEqual({ state: "taken", holder: { pid: worker.pid, command: "node" } });
  });

  test("and is killed leaves the port free", async () => {
    const worker = start("tcp", "127.0.0.1");
    const port = await message<number>(worker);
    await kill(worker);
    expect(await look(port)).toEqual({ state: "free" });
  });
});
