import { capacityFrom } from "../../../host/capacity";
import type { MemoryReading } from "../../../host/capacity";
import { parseLsof, parseSocketTable } from "../../../host/port-holders";
import { addressesToBind, judgeAttempts } from "../../../host/ports";

const gib = 1024 ** 3;

describe("capacity", () => {
  const reading: MemoryReading = { totalBytes: 24 * gib, availableBytes: 20 * gib, limitBytes: 0 };

  test("is what the system reports, less 512 MiB of reserve", () => {
    expect(capacityFrom(reading, 8, {})).toEqual({ totalMiB: 24576, availableMiB: 20480, reserveMiB: 512, cpus: 8 });
  });

  test("is what the user says, and then nothing else counts", () => {
    expect(capacityFrom(reading, 8, { memoryMiB: 100000, reserveMiB: 0 })).toEqual({
      totalMiB: 100000,
      availableMiB: 100000,
      reserveMiB: 0,
      cpus: 8,
    });
  });

  test("is bounded by the control group's limit", () => {
    expect(capacityFrom({ ...reading, limitBytes: 4 * gib }, 8, {})).toMatchObject({
      totalMiB: 4096,
      availableMiB: 4096,
    });
  });

  test("takes a limit above the host's memory for none", () => {
    expect(capacityFrom({ ...reading, limitBytes: 2 ** 63 }, 8, {}).totalMiB).toBe(24576);
  });

  test("takes all memory as available where the system does not tell", () => {
    expect(capacityFrom({ ...reading, availableBytes: undefined }, 8, {}).availableMiB).toBe(24576);
  });
});

describe("attempts on a port", () => {
  test("that are free or have no such address make it free: IPv6 may be switched off", () => {
    expect(judgeAttempts(["free", "absent", "free"])).toEqual({ state: "free" });
  });

  test("of which one failed make it taken, even where another was forbidden", () => {
    expect(judgeAttempts(["forbidden", "taken"])).toEqual({ state: "taken" });
  });

  test("that are forbidden leave it to the backend", () => {
    expect(judgeAttempts(["forbidden", "forbidden"])).toEqual({ state: "unknown" });
  });

  test.each([
    ["127.0.0.1", ["127.0.0.1", "::1"]],
    ["::1", ["127.0.0.1", "::1"]],
    ["0.0.0.0", ["0.0.0.0", "::", "127.0.0.1", "::1"]],
    ["192.168.7.2", ["192.168.7.2"]],
  ])("at %s are made at %j", (address, addresses) => {
    expect(addressesToBind(address)).toEqual(addresses);
  });
});

describe("the kernel's socket table", () => {
  const header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const line = (local: string, state: string, inode: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000`;

  test("yields listening sockets alone", () => {
    const text = [header, line("0100007F:1F90", "0A", "4242"), line("0100007F:1F91", "01", "4243"), ""].join("\n");
    expect(parseSocketTable(text, "tcp")).toEqual([{ port: 8080, inode: "4242" }]);
  });

  test("yields bound UDP sockets of IPv6", () => {
    const text = [header, line("00000000000000000000000001000000:0035", "07", "77")].join("\n");
    expect(parseSocketTable(text, "udp")).toEqual([{ port: 53, inode: "77" }]);
  });

  test("that cannot be read yields nothing", () => {
    expect(parseSocketTable("", "tcp")).toEqual([]);
  });
});

describe("lsof", () => {
  test("names the first process", () => {
    expect(parseLsof("p812\ncnginx\nf6\nn*:8080\np813\ncnginx\nf6\nn*:8080\n")).toEqual({ pid: 812, command: "nginx" });
  });

  test("that says nothing names nobody", () => {
    expect(parseLsof("")).toBeUndefined();
  });
});
