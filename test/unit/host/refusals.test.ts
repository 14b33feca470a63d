import type { ActiveObject } from "../../../settings/instance-objects";
import type { HostCapacity } from "../../../host/capacity";
import { assignPorts, automaticPorts } from "../../../host/leases";
import type { InstancePromise } from "../../../settings/instance-promise";
import type { LedgerEntry, PortUse } from "../../../host/promises";
import { refusalError, refusals, warnings } from "../../../host/refusals";
import { entry, leased, promise, wish } from "./fixtures";

const capacity: HostCapacity = { totalMiB: 24000, availableMiB: 20000, reserveMiB: 512, cpus: 8 };

function refuse(
  promises: InstancePromise[],
  entries: LedgerEntry[] = [],
  over: Partial<HostCapacity> = {},
  uses: ReadonlyMap<string, PortUse> = new Map<string, PortUse>(),
  running: readonly ActiveObject[] = [],
) {
  const { ports } = assignPorts(entries, "mine", promises, { uses, ours: new Set(), seed: 0 });
  const subnets = new Map([["podman", "10.192.7.0/24"]] as const);
  const host = { capacity: { ...capacity, ...over }, running };
  const addresses = { addressUses: new Map(), addresses: new Map() };
  return refusals({ entries, stack: "mine", promises, host, uses, ports, subnets, ...addresses });
}

function messages(...request: Parameters<typeof refuse>): string[] {
  return refuse(...request).map(({ message }) => message);
}

function taken(holder?: PortUse["holder"]): ReadonlyMap<string, PortUse> {
  return new Map([["tcp/8080 127.0.0.1", { state: "taken", ...(holder && { holder }) }]]);
}

describe("memory", () => {
  const shop = entry("shop", "shop", { memoryMiB: 8192 });
  const blog = entry("blog", "blog", { memoryMiB: 14096 });

  test("is granted up to the last free mebibyte", () => {
    expect(messages([promise("web", { memoryMiB: 1200 })], [shop, blog])).toEqual([]);
  });

  test("that is promised to others is refused with both numbers, every holder, and whom to stop", () => {
    expect(messages([promise("web", { memoryMiB: 4096 })], [shop, blog])).toEqual([
      "web needs 4096 MiB; 1200 MiB of 24000 MiB are free: 512 MiB reserved, blog (/home/a/blog) holds 14096 MiB, " +
        "shop (/home/a/shop) holds 8192 MiB; stop shop (/home/a/shop) to make room.",
    ]);
  });

  test("that one holder alone cannot free names several to stop", () => {
    expect(messages([promise("web", { memoryMiB: 20000 })], [shop, blog])).toEqual([
      "web needs 20000 MiB; 1200 MiB of 24000 MiB are free: 512 MiB reserved, blog (/home/a/blog) holds 14096 MiB, " +
        "shop (/home/a/shop) holds 8192 MiB; stop blog (/home/a/blog) and shop (/home/a/shop) to make room.",
    ]);
  });

  test("that the host could never give says what it could", () => {
    expect(messages([promise("web", { memoryMiB: 30000 })])).toEqual([
      "web needs 30000 MiB; 23488 MiB of 24000 MiB are free: 512 MiB reserved; at most 23488 MiB can be promised at all.",
    ]);
  });

  test("is asked for by all running instances of a stack together", () => {
    const promises = ["web", "api", "db"].map((id) => promise(id, { memoryMiB: 8000 }));
    expect(messages(promises)).toEqual([
      "web, api and db need 24000 MiB; 23488 MiB of 24000 MiB are free: 512 MiB reserved; " +
        "at most 23488 MiB can be promised at all.",
    ]);
  });

  test("that is not available now is refused though nobody was promised it", () => {
    expect(messages([promise("web", { memoryMiB: 4096 })], [], { availableMiB: 1200 })).toEqual([
      "web needs 4096 MiB; programs on this host leave 1200 MiB of 24000 MiB available now.",
    ]);
  });

  const object: ActiveObject = { id: "web", backend: "podman", memoryMiB: 3072, ports: [] };
  const held = entry("mine", "web", { memoryMiB: 3072 });

  test("that is available now is compared with what is asked for beyond what runs already", () => {
    const larger = [promise("web", { memoryMiB: 4096 })];
    expect(messages(larger, [held], { availableMiB: 1024 }, undefined, [object])).toEqual([]);
    expect(messages(larger, [held], { availableMiB: 1000 }, undefined, [object])).toEqual([
      "web needs 4096 MiB, 1024 MiB more than it has now; programs on this host leave 1000 MiB of 24000 MiB available now.",
    ]);
  });

  test("of an instance that runs already is never missing, however little is available", () => {
    expect(messages([promise("web", { memoryMiB: 3072 })], [held], { availableMiB: 0 }, undefined, [object])).toEqual(
      [],
    );
  });

  test("of an instance that stands still must be available again when it starts", () => {
    expect(messages([promise("web", { memoryMiB: 3072 })], [held], { availableMiB: 1000 })).toEqual([
      "web needs 3072 MiB; programs on this host leave 1000 MiB of 24000 MiB available now.",
    ]);
  });

  test("that is not available now is refused with who holds what, and what would make room", () => {
    const [refusal] = refuse([promise("web", { memoryMiB: 4096 })], [shop, entry("db", "db")], { availableMiB: 1000 });
    expect(refusal?.message).toBe(
      "web needs 4096 MiB; programs on this host leave 1000 MiB of 24000 MiB available now; " +
        "shop (/home/a/shop) holds 8192 MiB, db (/home/a/db) holds 2048 MiB.",
    );
    expect(refusal?.suggestion).toBe(
      "Run `vagrantp stop` in /home/a/shop, or close programs that use memory, or lower MEMORY.",
    );
  });

  test("is freed by the fewest holders, and by small ones of those", () => {
    const sizes = { a: 9000, b: 8000, c: 5000, d: 1000 };
    const others = Object.entries(sizes).map(([id, memoryMiB]) => entry(id, id, { memoryMiB }));
    // 488 MiB are free, and 13,512 more are needed: 9000 + 5000 do, 9000 + 8000 would free more than is asked for.
    const [refusal] = refuse([promise("web", { memoryMiB: 14000 })], others);
    expect(refusal?.suggestion).toMatch(
      /^Run `vagrantp stop` in \/home\/a\/a and run `vagrantp stop` in \/home\/a\/c,/,
    );
  });

  test("of stopped instances is held by nobody", () => {
    const stopped = entry("shop", "shop", { memoryMiB: 23000, power: "stopped" });
    expect(messages([promise("web", { memoryMiB: 20000 })], [stopped])).toEqual([]);
  });

  test("is not asked for by stopped instances", () => {
    expect(messages([promise("web", { memoryMiB: 99999, power: "stopped" })])).toEqual([]);
  });

  test("that a stack already holds is not refused when the host has shrunk", () => {
    expect(messages([promise("web")], [entry("mine", "web")], { totalMiB: 1024 })).toEqual([]);
  });

  test("of an instance that leaves another stack still counts", () => {
    const leaving = entry("shop", "shop", { memoryMiB: 23000, leaving: true, backendId: "abc" });
    expect(messages([promise("web", { memoryMiB: 4096 })], [leaving])).toHaveLength(1);
  });

  test("of an instance that leaves the same stack goes to its successor", () => {
    const leaving = entry("mine", "old", { memoryMiB: 20000, leaving: true, backendId: "abc" });
    const running = [{ ...object, id: "old", memoryMiB: 20000 }];
    const wanted = [promise("new", { memoryMiB: 20000 })];
    expect(messages(wanted, [leaving], { availableMiB: 0 }, undefined, running)).toEqual([]);
  });

  test("suggests the project to stop and the most that fits", () => {
    const [refusal] = refuse([promise("web", { memoryMiB: 4096 })], [shop, blog]);
    expect(refusal?.suggestion).toBe("Run `vagrantp stop` in /home/a/shop, or lower MEMORY to at most 1200 MiB.");
  });

  test("of a shared stack is freed in that stack's config", () => {
    const shared = entry("dev", "db", { memoryMiB: 23488, projectDirectory: undefined });
    const [refusal] = refuse([promise("web")], [shared]);
    expect(refusal?.suggestion).toBe(
      "Run `pulumi config set --path groundwork:instances.db.power stopped -s dev` and `pulumi up -s dev`.",
    );
  });

  test("names the holders for programs with stack, project directory and id", () => {
    const [refusal] = refuse([promise("web", { memoryMiB: 20000 })], [shop]);
    expect(refusal?.details).toEqual({
      neededMiB: 20000,
      freeMiB: 15296,
      totalMiB: 24000,
      reserveMiB: 512,
      holders: [{ stack: "shop", id: "shop", projectDirectory: "/home/a/shop", memoryMiB: 8192 }],
    });
  });
});

describe("names", () => {
  test("of another stack are refused with the holder", () => {
    expect(messages([promise("web")], [entry("other", "site", { name: "web" })])).toEqual([
      "web cannot be named web at podman: that is site (/home/a/site).",
    ]);
  });

  test("of a shared stack are refused with the stack", () => {
    const shared = entry("dev", "web", { projectDirectory: undefined });
    expect(messages([promise("web")], [shared])).toEqual([
      "web cannot be named web at podman: that is web (stack dev).",
    ]);
  });

  test("that two instances of one stack share are refused", () => {
    expect(messages([promise("web"), promise("api", { name: "web" })])).toEqual([
      "api and web have the same name at podman: web.",
    ]);
  });

  test("of the same stack may move from one instance to another", () => {
    expect(messages([promise("new", { name: "old" })], [entry("mine", "old")])).toEqual([]);
  });
});

describe("ports", () => {
  const wanting8080 = promise("web", { ports: [wish(8080)] });

  test("leased to another stack are refused with the holder", () => {
    const shop = entry("shop", "shop", { ports: [leased(8080)] });
    expect(messages([wanting8080], [shop])).toEqual([
      "Port 8080/tcp, wanted by web, is leased to shop (/home/a/shop).",
    ]);
  });

  test("of the other protocol are no conflict", () => {
    const shop = entry("shop", "shop", { ports: [leased(8080, 80, { protocol: "udp" })] });
    expect(messages([wanting8080], [shop])).toEqual([]);
  });

  test("taken by a program outside Groundwork are refused with its pid", () => {
    expect(messages([wanting8080], [], {}, taken({ pid: 812, command: "nginx" }))).toEqual([
      "Port 8080/tcp, wanted by web, is taken by nginx (pid 812), which is not Groundwork's.",
    ]);
  });

  test("whose owner is hidden are refused with the command that names it", () => {
    expect(messages([wanting8080], [], {}, taken())).toEqual([
      "Port 8080/tcp, wanted by web, is taken by a process of another user (`sudo lsof -nP -iTCP:8080` names it).",
    ]);
  });

  test("that nobody may look at are left to the backend", () => {
    const unknown = new Map<string, PortUse>([["tcp/8080 127.0.0.1", { state: "unknown" }]]);
    expect(messages([wanting8080], [], {}, unknown)).toEqual([]);
  });

  test("that two instances of one stack want are refused", () => {
    expect(messages([wanting8080, promise("api", { ports: [wish(8080, 81)] })])).toEqual([
      "web and api both want port 8080/tcp.",
    ]);
  });

  test("that one instance wants twice are refused", () => {
    expect(messages([promise("web", { ports: [wish(8080, 80), wish(8080, 81)] })])).toEqual([
      "web wants port 8080/tcp twice.",
    ]);
  });

  test("that an automatic wish of the same stack holds are refused to a fixed wish", () => {
    const held = entry("mine", "web", { ports: [leased(8100)] });
    const promises = [promise("web", { ports: [wish("auto")] }), promise("api", { ports: [wish(8100)] })];
    expect(messages(promises, [held])).toEqual(["web and api both want port 8100/tcp."]);
  });

  test("that have run out are refused with the range", () => {
    const { first, last } = automaticPorts;
    const all = Array.from({ length: last - first + 1 }, (_, index) => leased(first + index));
    expect(messages([promise("web", { ports: [wish("auto")] })], [entry("shop", "shop", { ports: all })])).toEqual([
      "No port from 8100 to 8900 is free for auto:80/tcp of web.",
    ]);
  });
});

describe("the error", () => {
  const shop = entry("shop", "shop", { name: "web", memoryMiB: 23000, ports: [leased(8080)] });
  const [first, ...rest] = refuse([promise("web", { ports: [wish(8080)] })], [shop]);
  const error = refusalError([first!, ...rest]);

  test("reports every refusal, names first, then memory, then ports", () => {
    expect(error.violations.map(({ message }) => message.split(" ").slice(0, 3).join(" "))).toEqual([
      "web cannot be",
      "web needs 2048",
      "Port 8080/tcp, wanted",
    ]);
  });

  test("has the code of the first refusal", () => {
    expect(error.code).toBe("INFRA_EXISTS");
  });

  test("puts memory before ports", () => {
    expect(refusalError([rest[0]!, rest[1]!]).exitStatus).toBe(4);
  });

  test("of one kind says so in its first line and mends it in its last", () => {
    expect(refusalError([rest[0]!]).toText()).toBe(
      [
        "This host has not enough left.",
        "  web needs 2048 MiB; 488 MiB of 24000 MiB are free: 512 MiB reserved, shop (/home/a/shop) holds 23000 MiB; " +
          "stop shop (/home/a/shop) to make room.",
        "Run `vagrantp stop` in /home/a/shop, or lower MEMORY to at most 488 MiB.",
      ].join("\n"),
    );
  });
});

describe("CPUs", () => {
  test("beyond the host's warn", () => {
    expect(warnings([promise("web", { cpus: 16 }), promise("api")], capacity)).toEqual([
      "web may use 16 CPUs; this host has 8.",
    ]);
  });

  test("are never refused", () => {
    expect(messages([promise("web", { cpus: 1000 })])).toEqual([]);
  });
});
