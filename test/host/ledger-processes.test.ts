import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../host/database";
import { Ledger } from "../../host/ledger";
import { hostView, promise, wish } from "../unit/host/fixtures";
import type { LeaseResult } from "./lease-worker";
import type { PortResult } from "./port-worker";
import { useTemporaryHome } from "./temporary-home";
import { kill, message, useWorker } from "./workers";

const host = hostView();
const home = useTemporaryHome();

/** What SQLite itself finds wrong with the file. */
function damage(): unknown[] {
  const database = openDatabase(home().ledgerFile);
  try {
    const integrity = database.prepare("PRAGMA integrity_check").all();
    return [
      ...integrity.filter((row) => row["integrity_check"] !== "ok"),
      ...database.prepare("PRAGMA foreign_key_check").all(),
    ];
  } finally {
    database.close();
  }
}

function read<T>(work: (ledger: Ledger) => T): T {
  const ledger = Ledger.open(home());
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}

describe("four processes at once", () => {
  const start = useWorker("lease-worker");
  const names = ["a", "b", "c", "d"];

  test("never get the same port, beginning with no ledger at all", async () => {
    const workers = names.map((name) => start(home().root, name, "50", "1", "1000"));
    const results = await Promise.all(workers.map((worker) => message<LeaseResult>(worker)));
    const ports = results.flatMap((result) => result.ports);
    const ledgered = read((ledger) => ledger.entries().flatMap((entry) => entry.ports.map((port) => port.host)));
    expect(results.flatMap((result) => result.refused)).toEqual([]);
    expect(new Set(ports).size).toBe(200);
    expect(ledgered.sort()).toEqual(ports.sort());
  });

  test("are never promised more memory than there is, and all that there is", async () => {
    const workers = names.map((name) => start(home().root, name, "20", "100", "5050"));
    const results = await Promise.all(workers.map((worker) => message<LeaseResult>(worker)));
    expect(results.flatMap((result) => result.ports)).toHaveLength(50);
    expect(new Set(results.flatMap((result) => result.refused))).toEqual(new Set(["INSUFFICIENT_RESOURCES"]));
  });
});

describe("eight processes that lease and release in turn", () => {
  const start = useWorker("port-worker");
  const each = 1250;

  test("are given 10,000 ports, and never one that another has", async () => {
    const markers = join(home().root, "..", "markers");
    mkdirSync(markers);
    const seed = randomInt(2 ** 31);
    const seeds = Array.from({ length: 8 }, (_, index) => seed + index);
    process.stderr.write(`ports in turn, seeds ${seed} to ${seed + 7}\n`);
    const workers = seeds.map((one) => start(home().root, markers, String(one), String(each)));
    const results = await Promise.all(workers.map((worker) => message<PortResult>(worker)));
    expect(results).toEqual(seeds.map(() => ({ leased: each, doubles: [] })));
    expect([readdirSync(markers), read((ledger) => ledger.entries()), damage()]).toEqual([[], [], []]);
  });
});

describe("kill -9", () => {
  const startUnfinished = useWorker("unfinished-worker");
  const startRestless = useWorker("restless-worker");

  test("inside a transaction leaves the ledger as it was before", async () => {
    const ledger = Ledger.open(home());
    await ledger.lease("a", [promise("web", { ports: [wish("auto")] })], host);
    const before = ledger.entries();
    ledger.close();
    const untouched = readFileSync(home().ledgerFile);
    const worker = startUnfinished(home().root);
    await message(worker);
    await kill(worker);
    // The file was half written, and its journal tells how to undo that.
    expect(readFileSync(home().ledgerFile).equals(untouched)).toBe(false);
    expect(statSync(`${home().ledgerFile}-journal`).size).toBeGreaterThan(0);
    expect(read((reopened) => reopened.entries())).toEqual(before);
    expect(damage()).toEqual([]);
  });

  test("at any point leaves every stack with all or nothing", async () => {
    for (const rounds of [1, 2, 3, 5, 8, 13]) {
      const worker = startRestless(home().root);
      for (let round = 0; round < rounds; round++) {
        await message(worker);
      }
      await kill(worker);
      const entries = read((ledger) => ledger.entries());
      const stacks = new Set(entries.map(({ stack }) => stack));
      expect(entries).toHaveLength(stacks.size * 3);
      expect(entries.flatMap(({ ports }) => ports)).toHaveLength(stacks.size * 6);
      expect(damage()).toEqual([]);
    }
  });
});
