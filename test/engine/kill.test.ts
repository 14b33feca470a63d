/**
 * kill -9 of every program of a run, at random points of every verb that changes something: the next `up`
 * converges, and nothing is left over.
 *
 * KILL_ROUNDS=N kills N times for each pair of verb and program (2), KILL_SEED=N repeats a run's points in time.
 */

import { randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { InstanceReport } from "../../settings/instance-report";
import { freePort } from "../support/free-port";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { commandsOf, runAndKill, victims, type Victim } from "./support-kill";
import { containersOf, expectExit, ledgerEntries, networksOf, until } from "./support-outcome";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 2);
const seed = Number(process.env["KILL_SEED"] ?? randomInt(2 ** 31));

jest.setTimeout(rounds * 600_000);

/** What is going on when the kill comes. */
const actions = {
  "first up": { parameters: ["up"], keepsFiles: false },
  "up with another port": { parameters: ["up"], keepsFiles: true },
  "up with other limits": { parameters: ["up"], keepsFiles: true },
  stop: { parameters: ["stop"], keepsFiles: true },
  rm: { parameters: ["rm"], keepsFiles: false },
} as const;

type Action = keyof typeof actions;
const actionNames = Object.keys(actions) as Action[];

/** Nothing is declared when a stack is removed, so the program and its language host do not run. */
function victimsOf(action: Action): readonly Victim[] {
  return victims.filter((victim) => !(action === "rm" && victim === "language host"));
}

/** About how long each lives in a quiet run; the points in time are spread over it. */
const lifeMs: Readonly<Record<Victim, number>> = {
  vagrantp: 2500,
  engine: 2000,
  "language host": 1500,
  "command plugin": 1500,
  "groundwork plugin": 1500,
  actuator: 600,
  podman: 100,
};

interface UpOutput {
  readonly changed: boolean;
  readonly instance: InstanceReport;
}

/** A project that is killed over and over. */
class Project {
  private memory = 512;

  private constructor(
    private readonly sandbox: Sandbox,
    readonly directory: string,
    private port: number,
  ) {}

  static async make(sandbox: Sandbox, name: string): Promise<Project> {
    const project = new Project(sandbox, sandbox.project(name, []), await freePort());
    project.writeSettings();
    return project;
  }

  private writeSettings(): void {
    const lines = [`MEMORY=${this.memory}`, "CPUS=1", "COMMAND=sleep infinity", `PORTS=${this.port}:80`];
    this.sandbox.settings(this.directory, lines);
  }

  /** Brings the project to where the action begins. */
  async prepare(action: Action): Promise<void> {
    if (action === "first up") {
      expectExit(await this.sandbox.vagrantp(this.directory, "rm", "--force"), 0);
    } else {
      expectExit(await this.sandbox.vagrantp(this.directory, "ssh", "--", "sh", "-c", "echo kept > /var/work"), 0);
    }
    if (action === "up with another port") this.port = await freePort();
    if (action === "up with other limits") this.memory = this.memory === 512 ? 640 : 512;
    this.writeSettings();
  }

  /** Runs `up` as a user would, and holds everything against what it promises. */
  async converge(action: Action): Promise<void> {
    const { instance } = await this.sandbox.vagrantpJson<UpOutput>(this.directory, "up");
    const again = await this.sandbox.vagrantpJson<UpOutput>(this.directory, "up");
    expect(again.changed).toBe(false);

    const containers = (await containersOf(this.sandbox)).filter((line) => line.includes(instance.name));
    expect(containers).toEqual([expect.stringMatching(new RegExp(`^[0-9a-f]{64} ${instance.name} running$`))]);
    const entries = ledgerEntries(this.sandbox).filter((entry) => entry.projectDirectory === this.directory);
    expect(entries).toMatchObject([
      { name: instance.name, memoryMiB: this.memory, leaving: false, backendId: containers[0]?.split(" ")[0] },
    ]);
    expect(entries[0]?.ports).toMatchObject([{ host: this.port, inside: 80 }]);
    expect(entries[0]?.intent).toBeUndefined();

    if (actions[action].keepsFiles) {
      expect((await this.sandbox.vagrantp(this.directory, "ssh", "--", "cat", "/var/work")).stdout).toBe("kept\n");
    }
  }
}

describeWithEngine("kill -9", () => {
  let sandbox: Sandbox;
  const outcomes = new Map<string, Promise<readonly string[]>>();

  beforeAll(async () => {
    process.stderr.write(`KILL_SEED=${seed}\n`);
    sandbox = new Sandbox();
    const names = ["one", "two", "three"];
    const projects = await Promise.all(names.map((name) => Project.make(sandbox, name)));
    const pairs = Object.keys(actions).flatMap((action) =>
      victims.map((victim) => [action as Action, victim] as const),
    );
    const points = fc.sample(fc.noBias(fc.integer({ min: 0, max: 999 })), {
      seed,
      numRuns: pairs.length * rounds,
    });
    // Each project takes every third pair, one after another; the three go side by side.
    projects.forEach((project, lane) => {
      let previous: Promise<unknown> = sandbox.vagrantpJson(project.directory, "up");
      pairs.forEach(([action, victim], index) => {
        if (index % projects.length !== lane) return;
        const shares = points.slice(index * rounds, (index + 1) * rounds);
        const outcome = previous.catch(() => undefined).then(() => killAtEach(project, action, victim, shares));
        outcomes.set(`${action}, ${victim}`, outcome);
        previous = outcome;
      });
    });
  });

  afterAll(async () => {
    await Promise.allSettled(outcomes.values());
    await sandbox.dispose();
  });

  /** Kills at each of these thousandths of the victim's life; returns when each kill was, in words. */
  async function killAtEach(
    project: Project,
    action: Action,
    victim: Victim,
    shares: readonly number[],
  ): Promise<readonly string[]> {
    const kills: string[] = [];
    for (const share of shares) kills.push(await killOnce(project, action, victim, (share / 1000) * lifeMs[victim]));
    return kills;
  }

  /** A victim that had ended before its time came is tried again, earlier. */
  async function killOnce(project: Project, action: Action, victim: Victim, afterMs: number): Promise<string> {
    await project.prepare(action);
    const killed = await runAndKill(sandbox, project.directory, actions[action].parameters, victim, afterMs);
    await project.converge(action).catch((cause: unknown) => {
      throw new Error(`${victim} ${killed ? "was killed" : "ended"} within ${afterMs} ms of ${action}`, { cause });
    });
    if (killed) return `${Math.round(afterMs)} ms`;
    if (afterMs < 1) throw new Error(`${victim} never ran during ${action}`);
    return killOnce(project, action, victim, afterMs < 20 ? 0 : afterMs / 3);
  }

  describe.each(actionNames)("during %s", (action) => {
    test.each(victimsOf(action))("of %s is followed by an `up` that converges", async (victim) => {
      const kills = await outcomes.get(`${action}, ${victim}`);
      expect(kills).toHaveLength(rounds);
      process.stderr.write(`kill -9 of ${victim} during ${action}, after ${kills!.join(" and ")}: converged\n`);
    });
  });

  test("leaves no process, no lock and no promise behind once the projects are removed", async () => {
    await Promise.allSettled(outcomes.values());
    for (const name of readdirSync(sandbox.home.projectsDirectory)) {
      const locks = join(
        sandbox.home.projectsDirectory,
        name,
        "state",
        ".pulumi",
        "locks",
        "organization",
        "groundwork",
      );
      expect(readdirSync(join(locks, name))).toEqual([]);
    }
    const projects = ["one", "two", "three"].map((name) => join(sandbox.root, name));
    for (const project of projects) {
      expect(await networksOf(sandbox, project)).toHaveLength(1);
      expectExit(await sandbox.vagrantp(project, "rm", "--force"), 0);
      expect(await networksOf(sandbox, project)).toEqual([]);
    }
    expect([await containersOf(sandbox), ledgerEntries(sandbox)]).toEqual([[], []]);
    await until("every process has ended", () => commandsOf(sandbox).length === 0).catch(() => {
      expect(commandsOf(sandbox)).toEqual([]);
    });
  });
});
