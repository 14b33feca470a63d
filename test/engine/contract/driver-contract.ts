/**
 * What every driver promises, whatever its backend: one story, told once for each backend on the real thing. A step
 * can take a minute there (a virtual machine boots), so the steps share one instance; each test looks at one step.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { x } from "tinyexec";
import type { DriverOptions } from "../../../drivers";
import { differences, type DesiredInstance, type Driver, type Observation, type Target } from "../../../drivers/driver";
import { promisedProperties, type InstanceProperties } from "../../../settings/instance-properties";
import type { Backend, InstanceSpec } from "../../../settings/instance-spec";

/** A property that people change behind our back. */
export type Drifting = Exclude<keyof InstanceProperties, "labels">;

/** Properties that are changed by hand together, each by its own command; one repair follows. */
type ByHand = Readonly<Partial<Record<Drifting, (name: string) => Promise<unknown>>>>;

/** A backend as the contract needs it. */
export interface ContractBackend {
  readonly name: Backend;
  readonly driver: Driver;
  /** What the driver was made with: a crashing process of its own makes another. */
  readonly options: Omit<DriverOptions, "digest">;
  /** An instance of this test's own host and stack, with one leased port. */
  desired(over?: Partial<InstanceSpec>): DesiredInstance;
  /** The same instance with another inside of its port. */
  withOtherPort(desired: DesiredInstance): DesiredInstance;
  /**
   * Changes properties by hand: all of one group, then one repair. What a backend cannot change on an object that stays
   * ours is not there.
   */
  readonly byHand: readonly ByHand[];
  /** What is changed by hand while it is stopped; the start is the repair. @default nothing */
  readonly byHandStopped?: ByHand;
  /** Makes something of somebody else's with this name; the function it returns removes it. */
  foreign(name: string): Promise<() => Promise<unknown>>;
  /** Milliseconds after which a process that changes an instance is killed: points over its whole life. */
  readonly killPoints: readonly number[];
  /** Removes what is left. */
  dispose(): Promise<void>;
}

/** What one step of the story saw. */
interface Step {
  readonly change?: string;
  readonly sameObject?: boolean;
  readonly observation: Observation;
  readonly differing: readonly string[];
  /** What was written inside at the beginning. @default it does not run */
  readonly kept?: string;
}

/** Declares the contract's tests for one backend. */
export function keepsTheContract(open: () => Promise<ContractBackend>): void {
  /** What was seen of each group that was changed by hand, and of its repair. */
  const drifts: { readonly changed: readonly string[]; readonly seen: readonly string[]; readonly repaired: Step }[] =
    [];
  let backend: ContractBackend;
  let before: Observation, created: Step, again: Step, port: Step, limits: Step;
  let creationsKilled: number, changesKilled: number, made: number, listed: number;
  let stopped: Step, stoppedAgain: Step, unchanged: Step, started: Step;
  let refused: unknown, foreign: Observation, foreignAfterRemoval: Observation;
  let removed: Observation, left: readonly unknown[];

  beforeAll(async () => {
    backend = await open();
    const story = new Story(backend);
    const { driver } = backend;
    const web = backend.desired();
    before = await story.look(web);
    creationsKilled = await story.crash(web);
    created = await story.ensure(web);
    made = (await driver.list(web.identity.host)).length;
    await story.write(web, "kept");
    again = await story.ensure(web);

    const moved = backend.withOtherPort(web);
    port = await story.ensure(moved);
    const larger = story.largerWithOtherName(moved);
    changesKilled = await story.crash(larger);
    limits = await story.ensure(larger);
    listed = (await driver.list(larger.identity.host)).length;

    await driver.stop(story.target(larger), true);
    stopped = await story.step(larger);
    await driver.stop(story.target(larger), true);
    stoppedAgain = await story.step(larger);
    unchanged = await story.ensure(withPower(larger, "stopped"));
    const { byHandStopped = {} } = backend;
    const seenStopped = await story.changeByHand(larger, byHandStopped);
    started = await story.ensure(larger);
    drifts.push({ changed: Object.keys(byHandStopped), seen: seenStopped, repaired: started });

    for (const group of backend.byHand) {
      const seen = await story.changeByHand(larger, group);
      drifts.push({ changed: Object.keys(group), seen, repaired: await story.ensure(larger) });
    }

    const taken = backend.desired({ id: "taken", name: `taken-${larger.identity.host}` });
    const giveBack = await backend.foreign(taken.spec.name);
    try {
      refused = await driver.ensure(taken, undefined).catch((error: unknown) => error);
      foreign = await story.look(taken);
      await driver.remove(taken.identity);
      foreignAfterRemoval = await story.look(taken);
    } finally {
      await giveBack();
    }

    await driver.remove(story.target(larger));
    await driver.remove(story.target(larger));
    removed = await story.look(larger);
    left = [...(await driver.list(larger.identity.host)), ...(await driver.leftovers(larger.identity.host))];
    story.end();
  });
  afterAll(() => backend.dispose());

  const equal = { differing: [] };
  test("what was never made is absent", () => {
    expect(before).toEqual({ state: "absent" });
  });

  test("a first ensure, after some that were killed, makes the one object that is promised", () => {
    expect([creationsKilled, made]).toEqual([backend.killPoints.length, 1]);
    expect(created).toMatchObject(equal);
  });

  test("a second ensure changes nothing", () => {
    expect(again).toMatchObject({ ...equal, change: "none", sameObject: true });
  });

  test("a changed port is there afterwards, and what was written inside too", () => {
    expect(port).toMatchObject({ ...equal, kept: "kept" });
  });

  test("changed limits and a changed name leave the object and what was written inside", () => {
    expect(limits).toMatchObject({ sameObject: true, kept: "kept" });
  });

  test("an ensure after a change that was killed leaves the one object that is promised", () => {
    expect([changesKilled, listed]).toEqual([backend.killPoints.length, 1]);
    expect(limits).toMatchObject(equal);
  });

  test("a stop leaves an object without processes", () => {
    expect(stopped.observation).toMatchObject({ state: "present", active: false, properties: { running: false } });
  });

  test("a second stop is fine", () => {
    expect(stoppedAgain.observation).toEqual(stopped.observation);
  });

  test("an ensure of what is to be stopped leaves it stopped", () => {
    expect(unchanged).toMatchObject({ ...equal, change: "none", sameObject: true });
  });

  test("a start brings back what was written inside", () => {
    expect(started).toMatchObject({ ...equal, kept: "kept" });
  });

  test("every property that was changed by hand is seen, by its name", () => {
    const changed = drifts.map((drift) => drift.changed);
    expect(changed.length).toBeGreaterThan(0);
    expect(drifts.map(({ seen }) => seen)).toEqual(
      changed.map((names) => expect.arrayContaining([...names]) as unknown),
    );
  });

  test("every property that was changed by hand is as promised after the next ensure", () => {
    expect(drifts.map(({ repaired }) => repaired)).toEqual(drifts.map(() => expect.objectContaining(equal) as unknown));
  });

  test("somebody else's object of the same name is refused", () => {
    expect(refused).toMatchObject({ code: "INFRA_EXISTS" });
  });

  test("somebody else's object is left untouched, also by a removal", () => {
    expect(foreign).toMatchObject({ state: "foreign" });
    expect(foreignAfterRemoval).toEqual(foreign);
  });

  test("a removal, and another one, leave nothing", () => {
    expect([removed, left]).toEqual([{ state: "absent" }, []]);
  });
}

/** The one instance's way through the story. */
class Story {
  /** The object's id by the instance's, as a ledger records it. */
  private readonly objectIds = new Map<string, string>();
  private readonly folder = mkdtempSync(join(tmpdir(), "groundwork-contract-"));

  constructor(private readonly backend: ContractBackend) {
    const entryPoints = [join(__dirname, "ensure-worker.ts")];
    buildSync({ entryPoints, bundle: true, platform: "node", outdir: this.folder, logLevel: "error" });
  }

  target({ identity }: DesiredInstance): Target {
    return { ...identity, objectId: this.objectIds.get(identity.id) };
  }

  async look(desired: DesiredInstance): Promise<Observation> {
    const [observation] = await this.backend.driver.observe([this.target(desired)]);
    return observation!;
  }

  async differing(desired: DesiredInstance): Promise<readonly string[]> {
    const observation = await this.look(desired);
    return observation.state === "present" ? differences(observation.properties, desired.properties) : ["exists"];
  }

  async step(desired: DesiredInstance): Promise<Step> {
    const observation = await this.look(desired);
    const running = observation.state === "present" && observation.active;
    const kept = running ? { kept: await this.inside(desired, "cat /var/tmp/kept") } : {};
    return { observation, differing: await this.differing(desired), ...kept };
  }

  async ensure(desired: DesiredInstance): Promise<Step> {
    const { id } = desired.identity;
    const known = this.objectIds.get(id);
    const { change, objectId } = await this.backend.driver.ensure(desired, known);
    this.objectIds.set(id, objectId);
    return { change, sameObject: objectId === known, ...(await this.step(desired)) };
  }

  /** More of everything that is limited, and another name, with the same ports. */
  largerWithOtherName({ identity, spec, ports, network }: DesiredInstance): DesiredInstance {
    const name = `other-${spec.name}`;
    const larger = { ...spec, name, memoryMiB: spec.memoryMiB + 128, cpus: spec.cpus + 1 };
    const ours = { ...identity, name };
    const properties = promisedProperties(larger, ours, { ports, network }, JSON.stringify(spec.environment));
    return { identity: ours, spec: larger, ports, network, properties, projectDirectory: undefined };
  }

  /** Makes these changes, and looks after each. @returns all properties that were seen to differ */
  async changeByHand(desired: DesiredInstance, group: ByHand): Promise<readonly string[]> {
    const seen = new Set<string>();
    for (const change of Object.values(group)) {
      await change(desired.spec.name);
      for (const name of await this.differing(desired)) seen.add(name);
    }
    return [...seen];
  }

  async write(desired: DesiredInstance, text: string): Promise<void> {
    await this.inside(desired, `echo ${text} > /var/tmp/kept`);
  }

  private async inside(desired: DesiredInstance, script: string): Promise<string> {
    const { driver, options } = this.backend;
    const [program = "", ...parameters] = driver.execCommand(this.target(desired), ["sh", "-c", script], false);
    const { stdout } = await x(program, parameters, { nodeOptions: { env: { ...options.environment } } });
    return stdout.trim();
  }

  /** Kills a process, and all that it started, at each of the backend's points. @returns how many were killed */
  async crash(desired: DesiredInstance): Promise<number> {
    let killed = 0;
    for (const point of this.backend.killPoints) {
      const argument = JSON.stringify({
        backend: this.backend.name,
        options: this.backend.options,
        desired,
        objectId: this.target(desired).objectId,
      });
      const worker = spawn(process.execPath, [join(this.folder, "ensure-worker.js"), argument], {
        detached: true,
        stdio: "ignore",
      });
      const ended = once(worker, "exit");
      // The point is the random thing here, not a condition that is waited for.
      const timer = setTimeout(() => process.kill(-worker.pid!, "SIGKILL"), point);
      await ended;
      clearTimeout(timer);
      killed += worker.signalCode === "SIGKILL" ? 1 : 0;
    }
    return killed;
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function withPower(desired: DesiredInstance, power: InstanceSpec["power"]): DesiredInstance {
  const running = power === "running";
  return { ...desired, spec: { ...desired.spec, power }, properties: { ...desired.properties, running } };
}
