/**
 * Any sequence of leases, releases, transfers and records does to the real ledger what it does to a model of it that
 * fits on a page. Both are asked only for what the design promises; how ports are chosen is in the model's own words.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { groundworkHome, homeSeed, type Home } from "../../host/home";
import { automaticPorts } from "../../host/leases";
import { Ledger } from "../../host/ledger";
import type { InstancePromise } from "../../settings/instance-promise";
import type { GroundworkError } from "../../settings/errors";
import { hostView, promise, wish } from "../unit/host/fixtures";

const totalMiB = 10_000;
const disk = { directory: "/disks", totalGiB: 100, freeGiB: 60 };
const host = hostView({ capacity: { totalMiB, availableMiB: totalMiB, reserveMiB: 0, cpus: 8 }, disk });

interface Port {
  readonly host: number;
  readonly inside: number;
  readonly automatic: boolean;
}

interface Row {
  stack: string;
  id: string;
  name: string;
  memoryMiB: number;
  diskGiB: number;
  running: boolean;
  leaving: boolean;
  object: string | undefined;
  ports: Port[];
}

class Model {
  rows: Row[] = [];

  /** The codes that a lease would be refused with. */
  refusals(stack: string, promises: readonly InstancePromise[]): Set<string> {
    const others = this.rows.filter((row) => row.stack !== stack);
    const needed = memory(promises.filter(({ power }) => power === "running"));
    const held = memory(this.rows.filter((row) => row.stack === stack && row.running));
    const free = totalMiB - memory(others.filter((row) => row.running));
    const disks = disk.totalGiB - disksOf(others);
    const neededDisks = disksOf(promises);
    const own = this.rows.filter((row) => row.stack === stack);
    const madeDisks = disksOf(own.filter((row) => row.object !== undefined));
    const hasNoDisk = (neededDisks > disksOf(own) && neededDisks > disks) || neededDisks - madeDisks > disk.freeGiB;
    const names = promises.map(({ name }) => name);
    const ports = this.portsFor(stack, promises)
      .flat()
      .map((port) => port.host);
    const otherPorts = others.flatMap((row) => row.ports.map((port) => port.host));
    return new Set([
      ...(repeats(names) || others.some((row) => names.includes(row.name)) ? ["INFRA_EXISTS"] : []),
      ...((needed > held && needed > free) || (neededDisks > 0 && hasNoDisk) ? ["INSUFFICIENT_RESOURCES"] : []),
      ...(repeats(ports) || otherPorts.some((port) => ports.includes(port)) ? ["PORT_CONFLICT"] : []),
    ]);
  }

  lease(stack: string, promises: readonly InstancePromise[]): void {
    const ports = this.portsFor(stack, promises);
    const given = new Set(ports.flat().map((port) => port.host));
    const own = this.rows.filter((row) => row.stack === stack);
    const leaving = own.filter((row) => row.object !== undefined && !promises.some(({ id }) => id === row.id));
    this.rows = [
      ...this.rows.filter((row) => row.stack !== stack),
      ...leaving.map((row) => ({ ...row, leaving: true, ports: row.ports.filter((port) => !given.has(port.host)) })),
      ...promises.map(({ id, name, memoryMiB, diskGiB = 0, power }, index) => {
        const object = own.find((row) => row.id === id)?.object;
        return {
          stack,
          id,
          name,
          memoryMiB,
          diskGiB,
          running: power === "running",
          leaving: false,
          object,
          ports: ports[index]!,
        };
      }),
    ];
  }

  private portsFor(stack: string, promises: readonly InstancePromise[]): Port[][] {
    const fixed = promises.flatMap(({ ports }) => ports.map((port) => port.host));
    const used = new Set<number | "auto">([
      ...fixed,
      ...this.rows.flatMap((row) => row.ports.map((port) => port.host)),
    ]);
    return promises.map(({ id, ports }) => {
      const row = this.rows.find((candidate) => candidate.stack === stack && candidate.id === id);
      return ports.map((wanted) => {
        if (wanted.host !== "auto") {
          return { host: wanted.host, inside: wanted.inside, automatic: false };
        }
        const kept = row?.ports.find((port) => port.automatic && port.inside === wanted.inside);
        if (kept !== undefined) {
          return kept;
        }
        let lowest = 8100;
        while (used.has(lowest)) {
          lowest++;
        }
        used.add(lowest);
        return { host: lowest, inside: wanted.inside, automatic: true };
      });
    });
  }
}

function memory(holders: readonly { memoryMiB: number }[]): number {
  return holders.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
}

function disksOf(holders: readonly { diskGiB?: number | undefined }[]): number {
  return holders.reduce((sum, { diskGiB = 0 }) => sum + diskGiB, 0);
}

function repeats(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length;
}

type Step = (real: Ledger, model: Model) => Promise<void> | void;

/** A step that a counterexample shows as the call it makes. */
function step(text: string, run: Step): Step {
  return Object.assign(run, { [fc.toStringMethod]: () => text });
}

const stack = fc.constantFrom("a", "b", "c");
const id = fc.constantFrom("web", "api", "db");
const instance = fc.record({
  id,
  shared: fc.option(fc.constantFrom("n1", "n2"), { freq: 3 }),
  memoryMiB: fc.constantFrom(100, 500, 4000),
  diskGiB: fc.constantFrom(undefined, 5, 30, 45),
  power: fc.constantFrom("running" as const, "stopped" as const),
  ports: fc.uniqueArray(
    fc.record({
      host: fc.constantFrom("auto" as const, "auto" as const, 8080, 8100, 8101),
      inside: fc.constantFrom(80, 81),
    }),
    { selector: ({ inside }) => inside, maxLength: 2 },
  ),
});

const lease = fc
  .tuple(stack, fc.uniqueArray(instance, { selector: (one) => one.id, maxLength: 3 }))
  .map(([name, instances]) => {
    const promises = instances.map(({ id: called, shared, memoryMiB, diskGiB, power, ports }) =>
      promise(called, {
        name: shared ?? `${name}-${called}`,
        memoryMiB,
        diskGiB,
        power,
        ports: ports.map((port) => wish(port.host, port.inside)),
      }),
    );
    return step(`lease(${name}, ${fc.stringify(promises)})`, async (real, model) => {
      const expected = model.refusals(name, promises);
      const found = new Set((await real.check(name, promises, host)).map(({ code }) => code as string));
      expect(found).toEqual(expected);
      const refused = await real.lease(name, promises, host).then(
        () => undefined,
        (error: unknown) => (error as GroundworkError).code,
      );
      expect(refused).toBe([...expected][0]);
      if (refused === undefined) {
        model.lease(name, promises);
      }
    });
  });

const release = stack.map((name) =>
  step(`release(${name})`, (real, model) => {
    real.release(name);
    model.rows = model.rows.filter((row) => row.stack !== name);
  }),
);

const record = fc.tuple(stack, id).map(([name, which]) =>
  step(`recordObject(${name}, ${which})`, (real, model) => {
    const row = model.rows.find((candidate) => candidate.stack === name && candidate.id === which);
    const recorded = succeeds(() => real.recordObject({ stack: name, id: which, backend: "podman" }, "an id"));
    expect(recorded).toBe(row !== undefined);
    Object.assign(row ?? {}, { object: "an id" });
  }),
);

const forget = fc.tuple(stack, id).map(([name, which]) =>
  step(`forgetObject(${name}, ${which})`, (real, model) => {
    const row = model.rows.find((candidate) => candidate.stack === name && candidate.id === which);
    real.forgetObject({ stack: name, id: which, backend: "podman" });
    Object.assign(row ?? {}, { object: undefined });
    model.rows = model.rows.filter((candidate) => candidate !== row || !candidate.leaving);
  }),
);

const transfer = fc.tuple(stack, id, stack, id).map(([from, fromId, to, toId]) =>
  step(`transfer(${from}, ${fromId}, ${to}, ${toId})`, (real, model) => {
    const source = model.rows.find((row) => row.stack === from && row.id === fromId);
    const others = model.rows.filter((row) => row !== source);
    const blocked = others.some((row) => (row.stack === to && row.id === toId) || row.name === source?.name);
    const target = { stack: to, id: toId, name: source?.name ?? "n1" };
    const done = succeeds(() => real.transfer({ stack: from, id: fromId, backend: "podman" }, target));
    expect(done).toBe(source !== undefined && !blocked);
    if (done) {
      Object.assign(source ?? {}, { stack: to, id: toId, leaving: false });
    }
  }),
);

function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/** The ledger in the model's words. */
function rowsOf(real: Ledger): Row[] {
  return real
    .entries()
    .map(({ stack: of, id: called, name, memoryMiB, diskGiB, power, leaving, backendId, ports }) => ({
      stack: of,
      id: called,
      name,
      memoryMiB,
      diskGiB,
      running: power === "running",
      leaving,
      object: backendId,
      ports: ports.map(({ host: port, inside, automatic }) => ({ host: port, inside, automatic })),
    }));
}

function sorted(rows: readonly Row[]): Row[] {
  const byHost = (a: Port, b: Port): number => a.host - b.host;
  return rows
    .map((row) => ({ ...row, ports: [...row.ports].sort(byHost) }))
    .sort((a, b) => `${a.stack} ${a.id}`.localeCompare(`${b.stack} ${b.id}`));
}

/** A home whose search for automatic ports begins where the model's does. */
function homeBeginningAt8100(directory: string): Home {
  const count = automaticPorts.last - automaticPorts.first + 1;
  for (let attempt = 0; ; attempt++) {
    const home = groundworkHome({ GROUNDWORK_HOME: join(directory, String(attempt)) });
    if (homeSeed(home) % count === 0) return home;
  }
}

test("every sequence of changes does to the ledger what it does to the model", async () => {
  const steps = fc.array(
    fc.oneof({ weight: 6, arbitrary: lease }, { weight: 6, arbitrary: record }, release, forget, transfer),
    { minLength: 15, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const directory = mkdtempSync(join(tmpdir(), "groundwork-model-"));
      const real = Ledger.open(homeBeginningAt8100(directory));
      try {
        const model = new Model();
        for (const run of sequence) {
          await run(real, model);
          expect(sorted(rowsOf(real))).toEqual(sorted(model.rows));
        }
      } finally {
        real.close();
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: 50 },
  );
}, 120_000);
