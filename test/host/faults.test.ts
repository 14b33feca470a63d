/** What the disk and the clock do to the ledger. */

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../host/ledger";
import type { HostView } from "../../host/promises";
import { refusalOf } from "../support/refusal";
import { describeWithMounts, SmallDisk } from "../support/small-disk";
import { useTemporaryHome } from "./temporary-home";
import { message, useWorker } from "./workers";

const home = useTemporaryHome();

const key = { stack: "web", id: "web", backend: "podman" } as const;
const wish = { name: "web", memoryMiB: 512, cpus: 1, power: "running", ports: [], networkMode: "default" } as const;
const promise = { ...key, ...wish };
const view: HostView = {
  capacity: { totalMiB: 4096, reserveMiB: 0, availableMiB: 4096, cpus: 2 },
  probe: () => Promise.resolve(new Map()),
  probeAddresses: () => Promise.resolve(new Map()),
  networks: () => Promise.resolve([]),
  running: [],
};

async function lease(): Promise<void> {
  using ledger = Ledger.open(home());
  await ledger.lease("web", [promise], view);
}

function entries() {
  using ledger = Ledger.open(home());
  return ledger.entries();
}

describeWithMounts("a home on a disk of its own", () => {
  let disk: SmallDisk;
  beforeEach(async () => {
    await lease();
    disk = new SmallDisk("2m");
    disk.take(home().root);
  });
  afterEach(() => disk.remove());

  test("that is full: a change is refused with the path and what to do, and is made when there is room", async () => {
    disk.fill();
    using ledger = Ledger.open(home());
    const intend = () => ledger.setIntent(key, "changing");
    expect(refusalOf(intend)).toMatchObject({
      code: "INSUFFICIENT_RESOURCES",
      message: `The disk is full: ${home().ledgerFile} cannot be written.`,
      suggestion: expect.stringContaining(`Free some space on the disk of ${home().root}`) as string,
    });
    disk.free();
    intend();
    expect(ledger.entries()[0]?.intent?.kind).toBe("changing");
    await lease();
  });

  test("that is full: a new ledger is refused with the path", () => {
    disk.fill();
    const ledgerFile = join(home().root, "other.sqlite");
    expect(refusalOf(() => Ledger.open({ ...home(), ledgerFile }))).toMatchObject({
      code: "INSUFFICIENT_RESOURCES",
      message: `The disk is full: ${ledgerFile} cannot be written.`,
    });
  });

  test("that is read-only: a change is refused with the reason", async () => {
    disk.makeReadOnly();
    await expect(lease()).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: `Groundwork cannot write ${home().root} (EROFS: its file system is read-only).`,
    });
  });
});

describe("a clock that jumps", () => {
  afterEach(() => jest.useRealTimers());

  /** Sets the clock and leaves timers alone. */
  function setClock(time: string): void {
    jest.useFakeTimers({ now: new Date(time), doNotFake: [...timers] });
  }
  const timers = ["setTimeout", "setInterval", "setImmediate", "nextTick", "performance", "hrtime"] as const;

  test("back by a century changes no promise and makes no intent of a living process stale", async () => {
    setClock("2100-01-01");
    await lease();
    using ledger = Ledger.open(home());
    ledger.setIntent(key, "changing");
    const before = ledger.entries();
    setClock("1970-01-01");
    expect(ledger.entries()).toEqual(before);
    expect(ledger.entries()[0]?.intent).toMatchObject({ kind: "changing", stale: false });
    await lease();
    ledger.clearIntent(key);
    expect(entries()).toMatchObject([{ id: "web", memoryMiB: 512, leaving: false }]);
  });
});

describe("a file system without locks", () => {
  const open = useWorker("open-worker", () => ({ LD_PRELOAD: join(home().root, "no-locks.so") }));

  test("is named, with what to do; nothing is left behind", async () => {
    await lease();
    const shim = join(home().root, "no-locks.so");
    execFileSync("cc", ["-shared", "-fPIC", "-o", shim, join(__dirname, "no-locks.c"), "-ldl"]);
    const before = readdirSync(home().root);
    const said = await message<string>(open(home().root));
    expect(said).toBe(
      `The file system of the ledger ${home().ledgerFile} has no locks.\nSet GROUNDWORK_HOME to a directory on a local disk.`,
    );
    expect(readdirSync(home().root)).toEqual(before);
  });
});
