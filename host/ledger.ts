/** The ledger: every promise that Groundwork made on this host for this user. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { GroundworkError } from "../settings/errors";
import type { OwnAddress, OwnedObject, OwnedPort } from "../settings/instance-objects";
import type { InstancePromise } from "../settings/instance-promise";
import { guarded, inTransaction } from "./database";
import { nameEntry } from "./holders";
import { homeSeed, type Home } from "./home";
import { toEntry } from "./ledger-entry";
import { backUp, openLedgerFile, stacksOf } from "./ledger-file";
import { statements } from "./ledger-schema";
import { nothingFound, learn, planLease, type Findings, type OpenPlan } from "./lease-plan";
import { knownPorts, portsToKeep } from "./leases";
import { addressesToKeep, knownAddresses } from "./own-addresses";
import { thisProcess, type ProcessIdentity } from "./processes";
import { turnTaken } from "./turns";
import { planRebuild, type HeldPromise } from "./rebuild";
import type { HostView, InstanceKey, IntentKind, Lease, LeasePlan, LedgerEntry, Refusal } from "./promises";
import { refusalError, refusals } from "./refusals";
import { knownSubnets } from "./subnets";

/** Which entries are asked for; all of them when empty. */
export interface EntryFilter {
  readonly stack?: string | undefined;
  /** The project directory. */
  readonly directory?: string | undefined;
}

/** Where an instance goes in a transfer; the backend stays. */
export interface TransferTarget {
  readonly stack: string;
  readonly id: string;
  readonly name: string;
  /** @default none: the stack is shared */
  readonly projectDirectory?: string | undefined;
}

/**
 * One open ledger. Many processes may have it open at once; each change is one transaction.
 *
 * Every method may throw a GroundworkError: LOCKED when another process keeps the file for over 10 seconds,
 * CONFIG_INVALID when it cannot be written, INSUFFICIENT_RESOURCES when the disk is full, ENGINE_FAILED when the file
 * is damaged or its file system fails.
 */
export class Ledger {
  private readonly path: string;
  /** Where searches begin. */
  private readonly seed: number;
  /** Whether promises were changed since the last backup. */
  private isChanged = false;

  private constructor(
    private readonly home: Home,
    private readonly database: DatabaseSync,
  ) {
    this.path = home.ledgerFile;
    this.seed = homeSeed(home);
  }

  /** Opens the ledger of a home, and makes it when it is not there; see {@link openLedgerFile}. */
  static open(home: Home): Ledger {
    return new Ledger(home, openLedgerFile(home));
  }

  /** Closes it, and backs it up when promises were changed. */
  close(): void {
    try {
      if (this.isChanged) backUp(this.home, this.database);
    } catch {
      // The promise itself is safe; the next change is backed up again.
    } finally {
      this.database.close();
    }
  }

  /** What happened to the file, as long as it has not been compared with what is at the backends. */
  recovery(): string | undefined {
    return this.query(statements.recovery)?.["happened"] as string | undefined;
  }

  /**
   * Makes a ledger that was lost hold what is at the backends, in one transaction. Of several processes that do it at
   * once one does; a ledger that was not lost stays as it is.
   *
   * @param objects all of this host
   */
  rebuild(objects: readonly OwnedObject[]): void {
    this.change(() => {
      if (this.recovery() === undefined) return;
      const { missing, found: known, vanished } = planRebuild(this.entries(), objects, stacksOf(this.home));
      const found = [...known];
      for (const key of vanished) this.run(statements.forget, keyOf(key));
      for (const { stack, promise, objectId, ports, address } of missing) {
        this.insert(stack, promise);
        found.push({ key: { ...promise, stack }, objectId });
        for (const port of ports) this.insertPort({ ...promise, stack }, port);
        if (address !== undefined) this.insertAddress({ ...promise, stack }, address);
      }
      for (const { key, objectId } of found) this.run(statements.recordObject, { ...keyOf(key), backendId: objectId });
      this.run(statements.endRecovery, {});
    });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What would stand against leasing these promises. Writes nothing, and asks no backend for its networks. */
  async check(
    stack: string,
    promises: readonly InstancePromise[],
    host: Omit<HostView, "networks">,
  ): Promise<Refusal[]> {
    const { entries, plan, findings } = await this.complete(stack, promises, { ...host, networks: askNobody });
    return refusals({ entries, stack, promises, host, ...findings, ...plan });
  }

  /** A plan with which nothing is missing, and what it was made by. */
  private async complete(stack: string, promises: readonly InstancePromise[], host: HostView) {
    let findings = nothingFound;
    for (;;) {
      const entries = this.entries();
      const plan = planLease(entries, stack, promises, { host, findings, seed: this.seed });
      if (plan.missing === undefined) return { entries, plan, findings };
      findings = await learn(findings, plan.missing, host);
    }
  }

  /**
   * Leases everything a stack needs on this host, and nothing else: what it no longer promises is given back, at once
   * or, while its object still exists, when that is forgotten.
   *
   * Ports are probed before the transaction, because a probe takes time and SQLite works synchronously; inside it only
   * the ledger is compared again. A program outside Groundwork may take a port in between: the backend's own bind
   * has the last word, and its failure is a PORT_CONFLICT as well.
   *
   * @throws GroundworkError with every refusal; its code is the first one's (names, then memory, disks, ports, addresses, subnets).
   */
  async lease(stack: string, promises: readonly InstancePromise[], host: HostView): Promise<Lease> {
    // Most is learnt before the first transaction, so that nobody waits for a plan that is thrown away.
    let { findings } = await this.complete(stack, promises, host);
    for (;;) {
      const plan = this.tryLease(stack, promises, host, findings);
      if (plan.missing === undefined) return plan as Lease;
      findings = await learn(findings, plan.missing, host);
    }
  }

  /** What {@link lease} would give; what it has yet to choose is absent. Writes nothing. */
  async plan(
    stack: string,
    promises: readonly InstancePromise[],
    host: Omit<HostView, "networks">,
  ): Promise<LeasePlan> {
    const entries = this.entries();
    const known = knownPorts(entries, stack, promises, host.remembered);
    const { plan } = await this.complete(stack, promises, { ...host, networks: askNobody });
    const kept = [...plan.ports].map(
      ([id, ports]) =>
        [id, ports.map((port, at) => (port?.host === known.get(id)?.[at]?.host ? port : undefined))] as const,
    );
    const addresses = knownAddresses(entries, stack, promises, host.remembered);
    return { ports: new Map(kept), subnets: knownSubnets(entries, stack, host.remembered), addresses };
  }

  /** Frees everything that a stack holds. */
  release(stack: string): void {
    this.change(() => this.run(statements.release, stack));
  }

  /** What the ledger holds, ordered by stack and id. */
  entries({ stack, directory }: EntryFilter = {}): LedgerEntry[] {
    const rows = guarded(this.path, () => this.database.prepare(statements.entries).all());
    return rows
      .map(toEntry)
      .filter((entry) => stack === undefined || entry.stack === stack)
      .filter((entry) => directory === undefined || entry.projectDirectory === directory);
  }

  /**
   * Remembers the id that the backend gave to an instance's object: what carries our label and has this id is ours.
   *
   * @param carriesFiles the object has the files of the one before it, and so what a playbook did to them
   * @throws GroundworkError INFRA_NOT_FOUND when nothing is promised to the instance.
   */
  recordObject(key: InstanceKey, backendId: string, carriesFiles = false): void {
    this.noteOne(key, () => {
      if (carriesFiles) this.run(statements.carryPlaybook, { ...keyOf(key), backendId });
      return this.run(statements.recordObject, { ...keyOf(key), backendId });
    });
  }

  /**
   * Remembers the playbook that was applied to the instance's object, to its end.
   *
   * @param playbook its digest; undefined says that one has begun, or shall be applied again
   * @throws GroundworkError INFRA_NOT_FOUND when nothing is promised to the instance.
   */
  recordPlaybook(key: InstanceKey, playbook: string | undefined): void {
    this.noteOne(key, () =>
      playbook === undefined
        ? this.run(statements.forgetPlaybook, keyOf(key))
        : this.run(statements.recordPlaybook, { ...keyOf(key), playbook }),
    );
  }

  /** The digest of the playbook that was applied to the instance's object last, to its end. */
  playbookOf(key: InstanceKey): string | undefined {
    return this.entries({ stack: key.stack }).find((entry) => isAt(entry, key))?.playbook;
  }

  /**
   * Says that an instance was stopped without its stack's next lease: its memory is given back at once.
   *
   * @throws GroundworkError INFRA_NOT_FOUND when nothing is promised to the instance.
   */
  recordStopped(key: InstanceKey): void {
    this.noteOne(key, () => this.run(statements.setPower, { ...keyOf(key), power: "stopped" }));
  }

  /** The id of an instance's object at its backend; undefined when none was recorded. */
  objectOf(key: InstanceKey): string | undefined {
    const row = guarded(this.path, () => this.database.prepare(statements.objectOf).get(keyOf(key)));
    return (row?.["backendId"] as string | null | undefined) ?? undefined;
  }

  /** Says that an instance's object is gone. An instance that its stack no longer promises goes with it. */
  forgetObject(key: InstanceKey): void {
    this.change(() => {
      this.run(statements.forgetObject, keyOf(key));
      this.run(statements.dropLeft, keyOf(key));
    });
  }

  /**
   * Says what this process is about to do to an instance. When the process dies, the intent is reported as stale, and
   * any other may take its place.
   *
   * @throws GroundworkError INFRA_NOT_FOUND when nothing is promised to the instance; LOCKED, see `turnTaken`, while
   * another process has an intent for it.
   */
  setIntent(key: InstanceKey, kind: IntentKind): void {
    const { pid, started } = thisProcess();
    this.noteOne(key, () => {
      this.requireIdle(key);
      return this.run(statements.setIntent, { ...keyOf(key), kind, pid, started });
    });
  }

  /** @throws GroundworkError LOCKED, see `turnTaken`, while another process has an intent for the instance. */
  requireIdle(key: InstanceKey): void {
    const intent = this.entries({ stack: key.stack }).find((entry) => isAt(entry, key))?.intent;
    if (intent === undefined || intent.stale || intent.holder.pid === process.pid) return;
    throw turnTaken(key.id, { pid: intent.holder.pid, command: `an earlier run that is ${intent.kind} it` });
  }

  /**
   * Says that what was intended is done, or undone.
   *
   * @param holder whose intent it is; another's stays. @default this process
   */
  clearIntent(key: InstanceKey, holder: ProcessIdentity = thisProcess()): void {
    this.note(() => this.run(statements.clearIntent, { ...keyOf(key), ...holder }));
  }

  /**
   * Hands an instance, with its object and its ports, to another stack.
   *
   * @throws GroundworkError INFRA_NOT_FOUND when there is no such instance; INFRA_EXISTS when the target's place or
   * name is taken.
   */
  transfer(from: InstanceKey, to: TransferTarget): void {
    this.change(() => {
      const target = { ...from, stack: to.stack, id: to.id };
      const taken = this.entries().find(
        (entry) => !isAt(entry, from) && (isAt(entry, target) || isNamed(entry, from.backend, to.name)),
      );
      if (taken !== undefined) {
        throw new GroundworkError(
          "INFRA_EXISTS",
          `${from.id} cannot become ${to.id} of stack ${to.stack}: ${nameEntry(taken)} has that ${isAt(taken, target) ? "place" : "name"}.`,
        );
      }
      const { stack: toStack, id: toId, name, projectDirectory = null } = to;
      const row = { ...keyOf(from), toStack, toId, name, projectDirectory, now: new Date().toISOString() };
      requireOne(from, this.run(statements.transfer, row));
    });
  }

  /** Leases if nothing stands against it and nothing more must be learnt; otherwise changes nothing. */
  private tryLease(stack: string, promises: readonly InstancePromise[], host: HostView, findings: Findings): OpenPlan {
    return this.change(() => {
      const entries = this.entries();
      const plan = planLease(entries, stack, promises, { host, findings, seed: this.seed });
      if (plan.missing !== undefined) return plan;
      const [first, ...rest] = refusals({ entries, stack, promises, host, ...findings, ...plan });
      if (first !== undefined) {
        throw refusalError([first, ...rest]);
      }
      this.write(stack, promises, plan);
      return plan;
    });
  }

  /** Makes the ledger hold exactly this for a stack, and besides it what is leaving. */
  private write(stack: string, promises: readonly InstancePromise[], { ports, subnets, addresses }: LeasePlan): void {
    // All of the stack lets go of its names and ports first, so that its instances can swap them.
    this.run(statements.markLeaving, stack);
    for (const promise of promises) this.insert(stack, promise);
    this.run(statements.dropGone, stack);
    const leaving = this.entries({ stack }).filter((entry) => entry.leaving);
    this.run(statements.dropPorts, stack);
    for (const [key, port] of portsToKeep(stack, promises, ports, leaving)) this.insertPort(key, port);
    this.run(statements.dropAddresses, stack);
    for (const [key, one] of addressesToKeep(stack, promises, addresses, leaving)) this.insertAddress(key, one);
    for (const [backend, subnet] of subnets) {
      this.run(statements.leaseSubnet, { subnet, stack, backend });
    }
  }

  private insert(stack: string, promise: HeldPromise): void {
    const { id, backend, name, projectDirectory = null, memoryMiB, cpus, diskGiB = 0, power } = promise;
    const now = new Date().toISOString();
    const amounts = { memoryMiB, cpus, diskGiB };
    this.run(statements.promise, { stack, id, backend, name, projectDirectory, ...amounts, power, now });
  }

  private insertPort(key: InstanceKey, { host, inside, protocol, address, automatic }: OwnedPort): void {
    const port = { host, inside, protocol, address, automatic: Number(automatic) };
    this.run(statements.leasePort, { ...keyOf(key), ...port });
  }

  private insertAddress(key: InstanceKey, { address, automatic }: OwnAddress): void {
    this.run(statements.leaseAddress, { ...keyOf(key), address, automatic: Number(automatic) });
  }

  /** A change of promises: one that is worth a backup. */
  private change<T>(work: () => T): T {
    const result = this.note(work);
    this.isChanged = true;
    return result;
  }

  /** A change of what is known about instances, which the backends could tell again. */
  private note<T>(work: () => T): T {
    return guarded(this.path, () => inTransaction(this.database, work));
  }

  private noteOne(key: InstanceKey, work: () => number): void {
    this.note(() => {
      requireOne(key, work());
    });
  }

  private query(sql: string): Record<string, unknown> | undefined {
    return guarded(this.path, () => this.database.prepare(sql).get());
  }

  /** Runs a statement; returns how many rows it changed. */
  private run(sql: string, parameters: string | Record<string, SQLInputValue>): number {
    const statement = this.database.prepare(sql);
    const result = typeof parameters === "string" ? statement.run(parameters) : statement.run(parameters);
    return Number(result.changes);
  }
}

/** Stands in for a backend's networks where nothing is leased. */
function askNobody(): Promise<readonly string[]> {
  return Promise.resolve([]);
}

function requireOne({ stack, id, backend }: InstanceKey, changed: number): void {
  if (changed === 0) {
    throw new GroundworkError("INFRA_NOT_FOUND", `The ledger holds no ${id} of stack ${stack} at ${backend}.`, {
      details: { stack, id, backend },
    });
  }
}

function isAt(entry: LedgerEntry, { stack, id, backend }: InstanceKey): boolean {
  return entry.stack === stack && entry.id === id && isOn(entry, backend);
}

function isNamed(entry: LedgerEntry, backend: string, name: string): boolean {
  return entry.name === name && isOn(entry, backend);
}

function isOn(entry: LedgerEntry, backend: string): boolean {
  return entry.backend === backend;
}

function keyOf({ stack, id, backend }: InstanceKey): Record<keyof InstanceKey, string> {
  return { stack, id, backend };
}
