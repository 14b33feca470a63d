import { homeSeed } from "../../host/home";
import { Ledger } from "../../host/ledger";
import { hostPortKey, type HostView, type InstanceKey } from "../../host/promises";
import { automaticPorts } from "../../host/leases";
import { refusalOf } from "../support/refusal";
import { hostView, promise, wish } from "../unit/host/fixtures";
import { useTemporaryHome } from "./temporary-home";
import { kill, message, useWorker } from "./workers";

const host = hostView();
const web: InstanceKey = { stack: "a", id: "web", backend: "podman" };

const home = useTemporaryHome();
let ledger: Ledger;
beforeEach(() => {
  ledger = Ledger.open(home());
});
afterEach(() => {
  ledger.close();
});

/** The automatic port that this home gives as its first, its second, and so on. */
function automatic(index: number): number {
  return automaticPorts.first + ((homeSeed(home()) + index) % (automaticPorts.last - automaticPorts.first + 1));
}

async function leasePorts(stack: string, ...promises: Parameters<Ledger["lease"]>[1][number][]): Promise<number[][]> {
  const leases = await ledger.lease(stack, promises, host);
  return [...leases.ports.values()].map((ports) => ports.map((port) => port.host));
}

describe("a lease", () => {
  test("holds what was promised", async () => {
    await ledger.lease("a", [promise("web", { cpus: 1.5, ports: [wish(8080), wish("auto", 443)] })], host);
    expect(ledger.entries()).toEqual([
      {
        ...web,
        name: "web",
        projectDirectory: "/home/a/web",
        memoryMiB: 2048,
        diskGiB: 0,
        cpus: 1.5,
        power: "running",
        leaving: false,
        backendId: undefined,
        intent: undefined,
        subnet: expect.stringMatching(/^10\.(19[2-9]|2[01]\d|22[0-3])\.\d+\.0\/24$/) as string,
        ports: [
          { ...wish(8080), automatic: false },
          { ...wish(automatic(0), 443), automatic: true },
        ],
        createdAt: expect.stringMatching(/^\d{4}-/) as string,
        updatedAt: expect.stringMatching(/^\d{4}-/) as string,
      },
    ]);
  });

  test("gives two stacks different automatic ports", async () => {
    const first = await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    const second = await leasePorts("b", promise("shop", { ports: [wish("auto")] }));
    expect([first, second]).toEqual([[[automatic(0)]], [[automatic(1)]]]);
  });

  test("keeps automatic ports over every other change, and when another process opens the ledger", async () => {
    await leasePorts("other", promise("first", { ports: [wish("auto")] }));
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    ledger.release("other");
    ledger.close();
    ledger = Ledger.open(home());
    const changed = promise("web", {
      name: "renamed",
      memoryMiB: 512,
      power: "stopped",
      ports: [wish(9000, 22), wish("auto")],
    });
    expect(await leasePorts("a", changed)).toEqual([[9000, automatic(1)]]);
  });

  test("refuses the name of another stack's instance and changes nothing", async () => {
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    const before = ledger.entries();
    await expect(leasePorts("b", promise("web"))).rejects.toMatchObject({ code: "INFRA_EXISTS", exitStatus: 3 });
    expect(ledger.entries()).toEqual(before);
  });

  test("lets the instances of a stack swap names and ports", async () => {
    await leasePorts("a", promise("web", { ports: [wish(8080)] }), promise("api", { ports: [wish(9090)] }));
    const swapped = [
      promise("web", { name: "api", ports: [wish(9090)] }),
      promise("api", { name: "web", ports: [wish(8080)] }),
    ];
    expect(await leasePorts("a", ...swapped)).toEqual([[9090], [8080]]);
  });

  test("probes what it has not got, and again when the answer moves it on", async () => {
    const asked: number[][] = [];
    const probe: HostView["probe"] = (ports) => {
      asked.push(ports.map(({ port }) => port));
      return Promise.resolve(new Map([[`tcp/${automatic(0)} 127.0.0.1`, { state: "taken" }]]));
    };
    await ledger.lease("a", [promise("web", { ports: [wish("auto"), wish(8080, 81)] })], { ...host, probe });
    expect(asked).toEqual([[automatic(0), 8080], [automatic(1)]]);
  });

  describe("whose port somebody listens on", () => {
    const probe: HostView["probe"] = (ports) =>
      Promise.resolve(new Map(ports.map((port) => [hostPortKey(port), { state: "taken" }])));
    const fixed = [promise("web", { ports: [wish(8080)] })];
    const auto = [promise("web", { ports: [wish("auto")] })];
    const running = (port: number) => [{ id: "web", backend: "podman", memoryMiB: 512, ports: [`tcp/${port}`] }];

    test("stands when that is the stack's own object", async () => {
      await leasePorts("a", ...fixed);
      expect(await ledger.check("a", fixed, hostView({ probe, running: running(8080) }))).toEqual([]);
    });

    test("is refused when that is a stranger, though the port was leased", async () => {
      await leasePorts("a", ...fixed);
      expect(await ledger.check("a", fixed, hostView({ probe }))).toMatchObject([{ code: "PORT_CONFLICT" }]);
    });

    test("keeps its automatic port while the object runs", async () => {
      await leasePorts("a", ...auto);
      const { ports } = await ledger.lease("a", auto, hostView({ probe, running: running(automatic(0)) }));
      expect(ports.get("web")?.[0]?.host).toBe(automatic(0));
    });

    test("gets another automatic port when a stranger took it while the object stood still", async () => {
      await leasePorts("a", ...auto);
      const once: HostView["probe"] = (ports) => probe(ports.filter(({ port }) => port === automatic(0)));
      const { ports } = await ledger.lease("a", auto, hostView({ probe: once }));
      expect(ports.get("web")?.[0]?.host).toBe(automatic(1));
    });
  });
});

describe("a check", () => {
  test("reports what a lease would refuse, and writes nothing", async () => {
    const found = await ledger.check("a", [promise("web", { memoryMiB: 20000, ports: [wish("auto")] })], host);
    expect(found.map(({ code }) => code)).toEqual(["INSUFFICIENT_RESOURCES"]);
    expect(ledger.entries()).toEqual([]);
  });
});

describe("a plan", () => {
  test("shows held and fixed ports, leaves new ones open, and writes nothing", async () => {
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    const before = ledger.entries();
    const wanted = promise("web", { ports: [wish("auto"), wish("auto", 81), wish(9000, 82)] });
    const plan = await ledger.plan("a", [wanted], host);
    expect(plan.ports.get("web")?.map((port) => port?.host)).toEqual([automatic(0), undefined, 9000]);
    expect(ledger.entries()).toEqual(before);
  });
});

describe("what a stack no longer promises", () => {
  test("is given back at once when nothing was made of it", async () => {
    await leasePorts("a", promise("web", { ports: [wish(8080)] }));
    await leasePorts("a");
    expect(ledger.entries()).toEqual([]);
  });

  test("is held against other stacks while its object exists", async () => {
    await leasePorts("a", promise("web", { ports: [wish(8080)] }));
    ledger.recordObject(web, "abc");
    await leasePorts("a");
    await expect(leasePorts("b", promise("shop", { ports: [wish(8080)] }))).rejects.toMatchObject({
      code: "PORT_CONFLICT",
    });
  });

  test("still has its object's id, so that it can be removed", async () => {
    await leasePorts("a", promise("web"));
    ledger.recordObject(web, "abc");
    await leasePorts("a", promise("renamed"));
    expect(ledger.objectOf(web)).toBe("abc");
  });

  test("is given back when its object is forgotten", async () => {
    await leasePorts("a", promise("web", { ports: [wish(8080)] }));
    ledger.recordObject(web, "abc");
    await leasePorts("a");
    ledger.forgetObject(web);
    expect(ledger.entries()).toEqual([]);
  });

  test("gives its name and port to its successor in the same stack", async () => {
    await leasePorts("a", promise("web", { ports: [wish(8080)] }));
    ledger.recordObject(web, "abc");
    expect(await leasePorts("a", promise("new", { name: "web", ports: [wish(8080)] }))).toEqual([[8080]]);
    expect(ledger.entries().map(({ id, leaving, ports }) => [id, leaving, ports.length])).toEqual([
      ["new", false, 1],
      ["web", true, 0],
    ]);
  });

  test("is held while something may be half made of it", async () => {
    await leasePorts("a", promise("web"));
    ledger.setIntent(web, "creating");
    await leasePorts("a");
    expect(ledger.entries().map(({ leaving }) => leaving)).toEqual([true]);
  });

  test("comes back with its object and its ports when it is promised again", async () => {
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    ledger.recordObject(web, "abc");
    await leasePorts("a");
    expect(await leasePorts("a", promise("web", { ports: [wish("auto")] }))).toEqual([[automatic(0)]]);
    expect(ledger.entries()[0]).toMatchObject({ leaving: false, backendId: "abc" });
  });
});

describe("a release", () => {
  test("frees names, memory and ports", async () => {
    await leasePorts("a", promise("web", { memoryMiB: 15000, ports: [wish(8080)] }));
    ledger.recordObject(web, "abc");
    ledger.release("a");
    expect(await leasePorts("b", promise("web", { memoryMiB: 15000, ports: [wish(8080)] }))).toEqual([[8080]]);
  });

  test("leaves other stacks alone", async () => {
    await leasePorts("a", promise("web"));
    await leasePorts("b", promise("shop"));
    ledger.release("a");
    expect(ledger.entries().map(({ stack }) => stack)).toEqual(["b"]);
  });
});

describe("entries", () => {
  beforeEach(async () => {
    await leasePorts("a", promise("web", { projectDirectory: "/home/a/web" }));
    await leasePorts("dev", promise("api", { projectDirectory: undefined }));
  });

  test("are found by stack", () => {
    expect(ledger.entries({ stack: "dev" }).map(({ id }) => id)).toEqual(["api"]);
  });

  test("are found by project directory", () => {
    expect(ledger.entries({ directory: "/home/a/web" }).map(({ id }) => id)).toEqual(["web"]);
  });
});

describe("an object", () => {
  test("is remembered until it is forgotten, and the promise stays", async () => {
    await leasePorts("a", promise("web"));
    ledger.recordObject(web, "abc");
    expect(ledger.objectOf(web)).toBe("abc");
    ledger.forgetObject(web);
    expect([ledger.objectOf(web), ledger.entries().length]).toEqual([undefined, 1]);
  });

  test("is not recorded for an instance that nothing was promised to", () => {
    expect(refusalOf(() => ledger.recordObject(web, "abc"))).toMatchObject({ code: "INFRA_NOT_FOUND" });
  });
});

describe("an intent", () => {
  const startIntentWorker = useWorker("intent-worker");
  beforeEach(() => leasePorts("a", promise("web")));

  test("of this process is not stale", () => {
    ledger.setIntent(web, "changing");
    expect(ledger.entries()[0]?.intent).toMatchObject({ kind: "changing", stale: false, holder: { pid: process.pid } });
  });

  test("of another process that runs stands against one of ours, and no more when that is killed", async () => {
    const worker = startIntentWorker(home().root, "a", "web");
    await message(worker);
    expect(refusalOf(() => ledger.setIntent(web, "changing"))).toMatchObject({
      code: "LOCKED",
      details: { pid: worker.pid },
    });
    await kill(worker);
    ledger.setIntent(web, "changing");
    expect(ledger.entries()[0]?.intent).toMatchObject({ kind: "changing", holder: { pid: process.pid } });
  });

  test("is gone when it is cleared", () => {
    ledger.setIntent(web, "changing");
    ledger.clearIntent(web);
    expect(ledger.entries()[0]?.intent).toBeUndefined();
  });

  test("of another process is stale once that is killed", async () => {
    const worker = startIntentWorker(home().root, "a", "web");
    await message(worker);
    expect(ledger.entries()[0]?.intent).toMatchObject({ kind: "creating", stale: false, holder: { pid: worker.pid } });
    await kill(worker);
    expect(ledger.entries()[0]?.intent).toMatchObject({ kind: "creating", stale: true });
  });
});

describe("a transfer", () => {
  const target = { stack: "dev", id: "site", name: "web" };

  test("hands over the object and the ports", async () => {
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    ledger.recordObject(web, "abc");
    ledger.transfer(web, target);
    expect(ledger.entries()).toMatchObject([
      {
        stack: "dev",
        id: "site",
        name: "web",
        backendId: "abc",
        projectDirectory: undefined,
        ports: [{ host: automatic(0) }],
      },
    ]);
  });

  test("keeps automatic ports sticky in the new stack", async () => {
    await leasePorts("first", promise("first", { ports: [wish("auto")] }));
    await leasePorts("a", promise("web", { ports: [wish("auto")] }));
    ledger.transfer(web, target);
    ledger.release("first");
    expect(await leasePorts("dev", promise("site", { name: "web", ports: [wish("auto")] }))).toEqual([[automatic(1)]]);
  });

  test("to a place that is taken changes nothing", async () => {
    await leasePorts("a", promise("web"));
    await leasePorts("dev", promise("site"));
    const before = ledger.entries();
    expect(refusalOf(() => ledger.transfer(web, target))).toMatchObject({
      code: "INFRA_EXISTS",
      message: "web cannot become site of stack dev: site (/home/a/site) has that place.",
    });
    expect(ledger.entries()).toEqual(before);
  });

  test("of nothing is an error", () => {
    expect(refusalOf(() => ledger.transfer(web, target))).toMatchObject({ code: "INFRA_NOT_FOUND" });
  });
});

describe("the playbook of an instance", () => {
  const web = { stack: "a", id: "web", backend: "podman" } as const;
  beforeEach(async () => {
    await leasePorts("a", promise("web"));
    ledger.recordObject(web, "first");
    ledger.recordPlaybook(web, "digest");
  });

  test("is remembered, also over another lease", async () => {
    await leasePorts("a", promise("web", { memoryMiB: 1024 }));
    expect([ledger.playbookOf(web), ledger.entries()[0]?.playbook]).toEqual(["digest", "digest"]);
  });

  test("is forgotten when another one begins", () => {
    ledger.recordPlaybook(web, undefined);
    expect(ledger.playbookOf(web)).toBeUndefined();
  });

  test("goes with the files to an object that carries them", () => {
    ledger.recordObject(web, "second", true);
    expect(ledger.playbookOf(web)).toBe("digest");
  });

  test("is not that of an object with files of its own, nor of one that carries those", () => {
    ledger.recordObject(web, "second");
    expect(ledger.playbookOf(web)).toBeUndefined();
    ledger.recordObject(web, "third", true);
    expect(ledger.playbookOf(web)).toBeUndefined();
  });

  test("is none of an object that is forgotten", () => {
    ledger.forgetObject(web);
    expect(ledger.playbookOf(web)).toBeUndefined();
  });
});
