/** A ledger that is damaged, gone, or was somewhere else: real files, real processes. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { guarded } from "../../host/database";
import { Ledger } from "../../host/ledger";
import { backupFile } from "../../host/ledger-file";
import type { OwnedObject } from "../../settings/instance-objects";
import { refusalOf } from "../support/refusal";
import { hostView, leased, promise, wish } from "../unit/host/fixtures";
import type { RebuildResult } from "./rebuild-worker";
import { useTemporaryHome } from "./temporary-home";
import { message, useWorker } from "./workers";

const home = useTemporaryHome();

/** Two stacks whose state is in the home, each with an automatic port. */
async function promiseTwo(): Promise<unknown> {
  using ledger = Ledger.open(home());
  for (const stack of ["a", "b"]) {
    mkdirSync(join(home().projectsDirectory, stack), { recursive: true });
    await ledger.lease(stack, [promise("web", { name: `${stack}-web`, ports: [wish("auto")] })], hostView());
  }
  return ledger.entries();
}

const garbage = (file: string) => writeFileSync(file, "no database at all, but long enough for a header ".repeat(99));

function entriesAndNote(): [unknown, string | undefined] {
  using ledger = Ledger.open(home());
  return [ledger.entries(), ledger.recovery()];
}

function object(stack: string, over: Partial<OwnedObject> = {}): OwnedObject {
  const identity = { host: "this-host", stack, id: "web", name: `${stack}-web`, backend: "podman" };
  return { identity, objectId: `of-${stack}`, running: true, memoryMiB: 2048, cpus: 2, ports: [], ...over };
}

function rebuild(...objects: OwnedObject[]): ReturnType<Ledger["entries"]> {
  using ledger = Ledger.open(home());
  ledger.rebuild(objects);
  return ledger.entries();
}

describe("the backup", () => {
  test("is there after every change of promises, for its owner alone, and nothing else is left", async () => {
    await promiseTwo();
    const { ledgerFile, root } = home();
    expect(readdirSync(root).sort()).toEqual(
      [ledgerFile, `${ledgerFile}-journal`, backupFile(home())]
        .map((file) => basename(file))
        .concat("projects")
        .sort(),
    );
    expect(statSync(backupFile(home())).mode & 0o777).toBe(0o600);
  });

  test("is not made again where nothing was promised", async () => {
    await promiseTwo();
    rmSync(backupFile(home()));
    const ledger = Ledger.open(home());
    ledger.recordObject({ stack: "a", id: "web", backend: "podman" }, "abc");
    ledger.close();
    expect(existsSync(backupFile(home()))).toBe(false);
  });
});

describe.each([
  ["that is gone", (file: string) => rmSync(file), /was gone/],
  ["that is empty", (file: string) => truncateSync(file), /was gone/],
  ["that is no database", garbage, /was damaged, and is kept as .*\.damaged-/],
  ["that lost its second half", (file: string) => truncateSync(file, statSync(file).size / 2), /was damaged/],
])("a ledger %s", (_what, spoil, happened) => {
  test("is made again from its backup, says so, and holds every promise", async () => {
    const before = await promiseTwo();
    spoil(home().ledgerFile);
    const [entries, note] = entriesAndNote();
    expect(entries).toEqual(before);
    expect(note).toMatch(happened);
    expect(note).toMatch(/made again from the backup of 20/);
  });

  test("is made again from nothing where the backup is damaged too", async () => {
    await promiseTwo();
    spoil(home().ledgerFile);
    garbage(backupFile(home()));
    const [entries, note] = entriesAndNote();
    expect(entries).toEqual([]);
    expect(note).toMatch(/made again from nothing/);
  });
});

describe("a damaged ledger", () => {
  test("is kept beside the new one", async () => {
    await promiseTwo();
    garbage(home().ledgerFile);
    entriesAndNote();
    const kept = readdirSync(home().root).filter((name) => name.includes(".damaged-"));
    expect(kept).toHaveLength(1);
    expect(statSync(join(home().root, kept[0]!)).size).toBeGreaterThan(4000);
  });

  const start = useWorker("rebuild-worker");

  test("is mended once by eight processes that find it at once, and none loses what another promises", async () => {
    const before = (await promiseTwo()) as unknown[];
    garbage(home().ledgerFile);
    const workers = Array.from({ length: 8 }, (_, index) => start(home().root, `new-${index}`));
    const results = await Promise.all(workers.map((worker) => message<RebuildResult>(worker)));
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    const [entries, note] = entriesAndNote();
    expect(entries).toHaveLength(before.length + workers.length);
    expect(entries).toEqual(expect.arrayContaining(before));
    expect(note).toBeUndefined();
    expect(readdirSync(home().root).filter((name) => name.includes(".damaged-"))).toHaveLength(1);
  });
});

describe("a rebuild from what is at the backends", () => {
  async function lose(): Promise<void> {
    await promiseTwo();
    rmSync(home().ledgerFile);
    rmSync(backupFile(home()));
  }

  test("gives each instance of this home back what its object holds", async () => {
    await lose();
    const entries = rebuild(
      object("a", { ports: [leased(8111)], memoryMiB: 700, diskGiB: 21, running: false, projectDirectory: "/p/a" }),
    );
    expect(entries).toMatchObject([
      {
        stack: "a",
        id: "web",
        name: "a-web",
        backendId: "of-a",
        memoryMiB: 700,
        diskGiB: 21,
        power: "stopped",
        projectDirectory: "/p/a",
        ports: [leased(8111)],
      },
    ]);
  });

  test("leaves objects of another home alone", async () => {
    await lose();
    expect(rebuild(object("elsewhere"))).toEqual([]);
  });

  test("is done once: what was not lost is never overruled", async () => {
    await lose();
    rebuild(object("a"));
    expect(rebuild(object("b")).map(({ stack }) => stack)).toEqual(["a"]);
  });

  test("adds to a backup what was promised after it, and keeps what it holds", async () => {
    await promiseTwo();
    mkdirSync(join(home().projectsDirectory, "c"));
    rmSync(home().ledgerFile);
    const entries = rebuild(object("a", { memoryMiB: 1 }), object("c", { ports: [leased(8111)] }));
    expect(entries.map(({ stack, backendId, memoryMiB }) => [stack, backendId, memoryMiB])).toEqual([
      ["a", "of-a", 2048],
      ["b", undefined, 2048],
      ["c", "of-c", 2048],
    ]);
  });

  test("drops of a backup what was removed after it", async () => {
    await promiseTwo();
    rmSync(join(home().projectsDirectory, "b"), { recursive: true });
    rmSync(home().ledgerFile);
    expect(rebuild(object("a")).map(({ stack }) => stack)).toEqual(["a"]);
  });

  test("gives a port that two objects have to the first alone", async () => {
    await lose();
    const entries = rebuild(object("a", { ports: [leased(8111)] }), object("b", { ports: [leased(8111)] }));
    expect(entries.map(({ ports }) => ports.length)).toEqual([1, 0]);
  });
});

describe("a home", () => {
  test("that never held anything gets a ledger without a note", () => {
    expect(entriesAndNote()).toEqual([[], undefined]);
  });

  test("has a ledger for each host that shares it", () => {
    expect(basename(home().ledgerFile)).toMatch(/^ledger-[0-9a-f]{12}\.sqlite$/);
  });

  test("hands the ledger of an older Groundwork to the first host that comes", () => {
    mkdirSync(home().root, { recursive: true });
    copyFileSync(join(__dirname, "recordings", "ledger-version-1.sqlite"), home().oldLedgerFile);
    expect(entriesAndNote()).toEqual([[expect.anything(), expect.anything()], undefined]);
    expect(existsSync(home().oldLedgerFile)).toBe(false);
    using second = Ledger.open({ ...home(), ledgerFile: join(home().root, "ledger-ffffffffffff.sqlite") });
    expect(second.entries()).toEqual([]);
  });

  test("on a file system without locks is refused with what to do", () => {
    // SQLITE_IOERR_LOCK, which SQLite answers where fcntl(2) knows no locks.
    const noLocks = () => {
      throw Object.assign(new Error("disk I/O error"), { errcode: 3850 });
    };
    expect(refusalOf(() => guarded("/net/l", noLocks))).toMatchObject({
      code: "ENGINE_FAILED",
      suggestion: "Set GROUNDWORK_HOME to a directory on a local disk; some network file systems have no locks.",
    });
  });
});
