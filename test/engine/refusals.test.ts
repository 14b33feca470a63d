/** What the host or Podman refuses: the right code, words that help, and nothing left of what was begun. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostCapacity } from "../../host/capacity";
import type { ErrorCode, ErrorObject, Violation } from "../../settings/errors";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, hostSetup, Sandbox, type Ended } from "../support/sandbox";
import { freePort } from "../support/free-port";
import { containersOf, errorOf, expectExit, ledgerEntries, networksOf, saidBy, stackTrace } from "./support-outcome";
import { describeWithMachines } from "./support-vm";
import { usePodman, useRealPodman, WrappedPodman } from "./support-podman";

jest.setTimeout(120_000);

const base = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity"];

interface UpOutput {
  readonly instance: InstanceReport;
}

/** Two projects that run, for a third one to be refused beside them. */
interface World {
  readonly sandbox: Sandbox;
  /** A project that is up; its settings are changed into what is refused. */
  readonly kept: string;
  /** A project that is up and holds a port. */
  readonly holder: string;
  readonly heldPort: number;
}

/** Settings that are refused, and how to let the host be again. */
interface Arranged {
  readonly settings: readonly string[];
  readonly says: readonly string[];
  readonly restore?: () => unknown;
}

interface Refusal {
  readonly what: string;
  readonly code: ErrorCode;
  readonly exitStatus: number;
  readonly suggestion: RegExp;
  readonly arrange: (world: World) => Promise<Arranged> | Arranged;
}

/** A program outside Groundwork that listens on a port of 127.0.0.1 and ends with its standard input. */
async function listenElsewhere(port: number): Promise<ChildProcess> {
  const script = `require("node:http").createServer().listen(${port}, "127.0.0.1", () => console.log("listening"));
    process.stdin.resume().on("end", () => process.exit());`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

/** Takes the port at the last moment: after every check, before podman starts the container. */
function takePortBeforeStart(sandbox: Sandbox, port: number): { release: () => void } {
  const podman = new WrappedPodman(sandbox);
  const script = `require("node:net").createServer().listen(${port}, "127.0.0.1", () =>
    require("node:fs").writeFileSync(process.argv[1], String(process.pid)));
    setTimeout(() => process.exit(), 60000)`.replaceAll("\n", " ");
  podman.behave(`
    if [ "$1" = run ] && [ ! -e "$dir/listener" ]; then
      setsid '${process.execPath}' -e '${script}' "$dir/listener" < /dev/null > /dev/null 2>&1 &
      tries=0
      while [ ! -s "$dir/listener" ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
    fi`);
  const pidFile = join(sandbox.root, "wrapped", "listener");
  return {
    release: () => {
      useRealPodman(sandbox);
      if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    },
  };
}

/** What podman 4.3.1 says when the file system of its storage is full. */
const diskFull =
  "Error: creating container storage: mkdir /var/lib/containers/storage/overlay/8c1f: no space left on device";

const refusals: readonly Refusal[] = [
  {
    what: "more memory than this host has",
    code: "INSUFFICIENT_RESOURCES",
    exitStatus: 4,
    suggestion: /lower MEMORY to at most \d+ MiB/i,
    arrange: ({ holder }) => {
      const { totalMiB } = hostCapacity();
      return {
        settings: [...base.slice(1), `MEMORY=${totalMiB * 2}`],
        says: [`needs ${totalMiB * 2} MiB`, ` of ${totalMiB} MiB are free`, `holder (${holder}) holds 512 MiB`],
      };
    },
  },
  {
    what: "a port that another project holds",
    code: "PORT_CONFLICT",
    exitStatus: 6,
    suggestion: /auto:/,
    arrange: ({ holder, heldPort }) => ({
      settings: [...base, `PORTS=${heldPort}:80`],
      says: [`Port ${heldPort}/tcp`, `is leased to holder (${holder})`],
    }),
  },
  {
    what: "a port that a program outside Groundwork holds",
    code: "PORT_CONFLICT",
    exitStatus: 6,
    suggestion: /auto:/,
    arrange: async () => {
      const port = await freePort();
      const program = await listenElsewhere(port);
      return {
        settings: [...base, `PORTS=${port}:80`],
        says: [`Port ${port}/tcp`, `node (pid ${program.pid})`],
        restore: async () => {
          const gone = once(program, "exit");
          program.stdin!.end();
          await gone;
        },
      };
    },
  },
  {
    what: "a port that is taken between the check and the start",
    code: "PORT_CONFLICT",
    exitStatus: 6,
    suggestion: /auto:/,
    arrange: async ({ sandbox }) => {
      const port = await freePort();
      const { release } = takePortBeforeStart(sandbox, port);
      return { settings: [...base, `PORTS=${port}:80`], says: ["address already in use"], restore: release };
    },
  },
  {
    what: "an image that is nowhere",
    code: "CONFIG_INVALID",
    exitStatus: 2,
    suggestion: /Correct IMAGE/,
    arrange: () => ({ settings: [...base, "IMAGE=localhost/no/such:1"], says: ["localhost/no/such:1"] }),
  },
  {
    what: "a disk that is full",
    code: "INSUFFICIENT_RESOURCES",
    exitStatus: 4,
    suggestion: /podman system df/,
    arrange: ({ sandbox }) => {
      new WrappedPodman(sandbox).behave(`[ "$1" != run ] || { echo '${diskFull}' >&2; exit 125; }`);
      return {
        settings: [...base, "ENV_ADDED=1"],
        says: ["no space left on device"],
        restore: () => useRealPodman(sandbox),
      };
    },
  },
  {
    what: "a podman that is not there",
    code: "PROVIDER_NOT_AVAILABLE",
    exitStatus: 5,
    suggestion: /vagrantp doctor/,
    arrange: ({ sandbox }) => {
      usePodman(sandbox, "/no/such/podman");
      return { settings: base, says: ["podman could not be started"], restore: () => useRealPodman(sandbox) };
    },
  },
];

/** The sentences of an error, as every way of running shows them. */
function sentencesOf({ message, details }: ErrorObject["error"]): readonly string[] {
  const { violations = [] } = details as { violations?: readonly Violation[] };
  return violations.length > 0 ? violations.map((violation) => violation.message) : [message];
}

describeWithEngine("refused:", () => {
  let world: World;

  beforeAll(async () => {
    const sandbox = new Sandbox();
    const heldPort = await freePort();
    const kept = sandbox.project("kept", base);
    const holder = sandbox.project("holder", [...base, `PORTS=${heldPort}:80`]);
    world = { sandbox, kept, holder, heldPort };
    await Promise.all([kept, holder].map((project) => sandbox.vagrantpJson(project, "up")));
  });
  afterAll(() => world.sandbox.dispose());

  describe.each(refusals)("$what", ({ what, code, exitStatus, suggestion, arrange }) => {
    let arranged: Arranged;
    let web: string;
    let before: readonly string[], after: readonly string[];
    let first: Ended, changed: Ended, plain: Ended;

    beforeAll(async () => {
      const { sandbox, kept } = world;
      before = await containersOf(sandbox);
      arranged = await arrange(world);
      try {
        web = sandbox.project(join(what.replaceAll(" ", "-"), "web"), arranged.settings);
        first = await sandbox.vagrantp(web, "up");
        sandbox.settings(kept, arranged.settings);
        changed = await sandbox.vagrantp(kept, "up", "--json");
        plain = await sandbox.pulumi(kept, "up", "--yes", "--skip-preview");
      } finally {
        await arranged.restore?.();
        sandbox.settings(kept, base);
      }
      after = await containersOf(sandbox);
    });
    afterAll(async () => {
      // The next row begins with a project that is as its settings say.
      await world.sandbox.vagrantp(world.kept, "up");
    });

    test(`a first \`up\` exits ${exitStatus} and says what is wrong and what to do`, () => {
      expectExit(first, exitStatus);
      for (const text of arranged.says) expect(first.stderr).toContain(text);
      expect(first.stderr).toMatch(suggestion);
      expect(first.stdout).toBe("");
    });

    test(`an \`up --json\` after a change exits ${exitStatus} and prints one error object`, () => {
      expectExit(changed, exitStatus);
      expect(errorOf(changed)).toMatchObject({ code, suggestion: expect.stringMatching(suggestion) as string });
    });

    test("plain `pulumi up` exits 1 and says the same", () => {
      expectExit(plain, 1);
      for (const sentence of sentencesOf(errorOf(changed))) expect(saidBy(plain)).toContain(sentence);
    });

    test("no container is left, changed or stopped", () => {
      expect(after).toEqual(before);
    });

    test("no network is left of the project that was refused", async () => {
      expect(await networksOf(world.sandbox, web)).toEqual([]);
    });

    test("nothing is promised to the project that was refused", () => {
      const promised = ledgerEntries(world.sandbox).map((entry) => entry.projectDirectory);
      expect(promised.sort()).toEqual([world.holder, world.kept]);
    });

    test("no output holds a stack trace", () => {
      expect([first, changed, plain].map(saidBy).join("\n")).not.toMatch(stackTrace);
    });
  });
});

describeWithEngine("memory", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("of a stopped instance is free for another, and must be free again when it is to start", async () => {
    const { totalMiB, reserveMiB } = hostCapacity();
    const half = Math.floor((totalMiB - reserveMiB) / 2) + 1;
    const settings = [...base.slice(1), `MEMORY=${half}`];
    const [a, b] = [sandbox.project("a", settings), sandbox.project("b", settings)];
    expectExit(await sandbox.vagrantp(a, "up"), 0);
    const refused = await sandbox.vagrantp(b, "up", "--json");
    expectExit(refused, 4);
    expect(sentencesOf(errorOf(refused))).toEqual([expect.stringContaining(`a (${a}) holds ${half} MiB`)]);
    expectExit(await sandbox.vagrantp(a, "stop"), 0);
    expectExit(await sandbox.vagrantp(b, "up"), 0);
    const notStarted = await sandbox.vagrantp(a, "up", "--json");
    expectExit(notStarted, 4);
    expect(sentencesOf(errorOf(notStarted))).toEqual([expect.stringContaining(`b (${b}) holds ${half} MiB`)]);
  });
});

describeWithMachines("a disk that this host has not", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("is refused before anything is promised or made", async () => {
    const web = sandbox.project("web", ["INFRA_TYPE=vm", "MEMORY=512", "CPUS=1", "DISK_SIZE=60000"]);
    const refused = await sandbox.vagrantp(web, "up", "--json");
    expectExit(refused, 4);
    expect(sentencesOf(errorOf(refused))).toEqual([
      expect.stringMatching(/^web needs 60000 GiB of disk; \d+ GiB of \d+ GiB at \/\S+ can be promised/),
    ]);
    expect([ledgerEntries(sandbox), existsSync(sandbox.home.machinesDirectory)]).toEqual([[], false]);
  });
});

describeWithEngine("a foreign container under our name", () => {
  let sandbox: Sandbox;
  let web: string;
  let name: string;

  beforeEach(async () => {
    sandbox = new Sandbox();
    web = sandbox.project("web", base);
    ({ name } = await sandbox.vagrantpJson<{ name: string }>(web, "validate"));
  });
  afterEach(() => sandbox.dispose());

  async function makeForeign(): Promise<string> {
    const id = await sandbox.podman("run", "--detach", "--name", name, hostSetup!.image.name, "sleep", "infinity");
    sandbox.removeLater(id);
    return id;
  }

  async function describeNamed(): Promise<string> {
    return sandbox.podman("inspect", "--format", "{{.Id}} {{.State.Status}} {{.State.StartedAt}}", name);
  }

  test("is refused by a first `up` and left untouched, and nothing is promised or made", async () => {
    await makeForeign();
    const before = await describeNamed();
    const told = await sandbox.vagrantp(web, "up");
    expectExit(told, 3);
    expect(told.stderr).toMatch(new RegExp(`"${name}".*Groundwork did not make it`));
    expect(told.stderr).toMatch(/INFRA_ID/);
    const toldAsJson = await sandbox.vagrantp(web, "up", "--json");
    expectExit(toldAsJson, 3);
    expect(errorOf(toldAsJson)).toMatchObject({ code: "INFRA_EXISTS", details: { name } });
    expect(await describeNamed()).toBe(before);
    expect(ledgerEntries(sandbox)).toEqual([]);
    expect(existsSync(sandbox.home.projectsDirectory)).toBe(false);
    expect(saidBy(told)).not.toMatch(stackTrace);
  });

  test("that took the place of ours is drift, is refused by every `up`, and outlives `rm`", async () => {
    await sandbox.vagrantpJson<UpOutput>(web, "up");
    await sandbox.podman("rm", "--force", "--time", "0", name);
    await makeForeign();
    const before = await describeNamed();

    const drift = await sandbox.vagrantp(web, "drift");
    expectExit(drift, 7);
    expect(drift.stdout).toMatch(/^web: exists: promised true, real false$/m);

    const told = await sandbox.vagrantp(web, "up", "--json");
    expectExit(told, 3);
    const error = errorOf(told);
    expect(error).toMatchObject({ code: "INFRA_EXISTS" });

    const plain = await sandbox.pulumi(web, "up", "--yes", "--skip-preview");
    expectExit(plain, 1);
    expect(saidBy(plain)).toContain(error.message);
    expect(saidBy(plain)).not.toMatch(stackTrace);
    expect(await describeNamed()).toBe(before);

    expectExit(await sandbox.vagrantp(web, "rm"), 0);
    expect(await describeNamed()).toBe(before);
    expect(ledgerEntries(sandbox)).toEqual([]);
  });
});
