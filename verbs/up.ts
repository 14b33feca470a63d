import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import pRetry from "p-retry";
import * as z from "zod";
import * as engine from "../engine/operations";
import { readLastUp, writeLastUp, type LastUp } from "../engine/last-up";
import type { Workspace } from "../engine/workspace";
import { activeObjects, differences } from "../drivers/driver";
import { backendAccess } from "../host/backend-access";
import { capacityElsewhere, hostCapacity } from "../host/capacity";
import { probeAddresses } from "../host/address-probe";
import { probePorts } from "../host/ports";
import { Ledger } from "../host/ledger";
import type { LedgerEntry } from "../host/promises";
import { refusalError, warnings as capacityWarnings } from "../host/refusals";
import { seal } from "../host/sealed";
import type { ToldStage } from "../host/stages";
import { GroundworkError } from "../settings/errors";
import type { OwnedPort } from "../settings/instance-objects";
import { promisedProperties } from "../settings/instance-properties";
import type { InstanceSpec, Power } from "../settings/instance-spec";
import { stackNetwork } from "../settings/stack-network";
import { destroyStack } from "./destroy";
import { file } from "./inputs";
import { openLedger } from "./ledger";
import { findEntry, locateInstance, openDriver, targetOf, type LocatedInstance } from "./instance";
import { loadProject, locateProject, type ProjectPlace } from "./project";
import { openWorkspace } from "./workspace";
import { digestOf, refusePlaybook, withWishes, type PlaybookWishes } from "./playbook";
import { movedHint } from "./projects";
import { instanceReport, reportOf, reportText } from "./report";
import { requireStack } from "./required";
import { engineStart, tellSteps, undoing } from "./steps";
import { changing, tellWaiting } from "./turn";
import { upAll, upAllExitStatus, upAllOutput, upAllText } from "./up-all";
import { verb, type VerbContext } from "./verb";

const upOutput = z.object({ changed: z.boolean(), instance: instanceReport, warnings: z.array(z.string()) });

/** Brings the project's instance up, or to what its settings say now. */
export const up = verb({
  name: "up",
  summary: "make the instance what the settings say, and start it",
  input: z.object({
    file,
    full: z.boolean().default(false).meta({ description: "run the engine even when nothing seems to have changed" }),
    provision: z.boolean().optional().meta({
      description: "apply the playbook though it has not changed",
      negation: "leave the playbook alone",
    }),
    extraVars: z.string().optional().meta({ description: "variables of the playbook: name=value,other=value" }),
    all: z.boolean().default(false).meta({ description: "every project of yours on this host that you did not stop" }),
  }),
  output: z.union([upOutput, upAllOutput]),
  changes: true,
  run({ file, full, all, provision, extraVars }, context) {
    const wishes = { full, provision, extraVars };
    return all ? upAll(context, (one, its) => upOne(one, its, wishes)) : upOne(context, file, wishes);
  },
  text: (output) => ("projects" in output ? upAllText(output) : upText(output)),
  exitStatus: (output) => ("projects" in output ? upAllExitStatus(output) : 0),
});

interface Wishes extends PlaybookWishes {
  readonly full: boolean;
}

async function upOne(
  context: VerbContext,
  file: string | undefined,
  wishes: Wishes,
): Promise<z.infer<typeof upOutput>> {
  const project = loadProject(context, file);
  const place = locateProject(context, file);
  const spec = withWishes(project.spec, wishes);
  const isLong = wishes.full || wishes.provision === true;
  const unchanged = isLong ? undefined : await findUnchanged(context, place, spec);
  const before = unchanged?.entry ?? (await findEntry(context, place));
  const instance = unchanged ?? (await applyPower(context, place, spec, "running", orderOf(context, spec, wishes)));
  forgetDead(context, instance.entry);
  const warnings = [
    ...project.warnings,
    ...capacityWarnings([project.spec], hostCapacity()),
    ...movedPorts(before, instance.entry),
    ...(place.stack === undefined ? [movedHint(context)] : []).filter((hint) => hint !== undefined),
  ];
  return { changed: unchanged === undefined, instance: reportOf(instance), warnings };
}

/** What the file does not say goes to the program in the file's place. */
function orderOf(context: VerbContext, spec: InstanceSpec, { provision, extraVars }: Wishes): Order {
  const isFiles = provision !== false && extraVars === undefined;
  return { sealedSpec: isFiles ? undefined : seal(context.home, spec), applyAgain: provision === true };
}

function upText({ changed, instance, warnings }: z.infer<typeof upOutput>): string {
  const lines = [reportText(instance), ...warnings.map((warning) => `warning: ${warning}`)];
  return changed ? lines.join("\n") : ["Nothing has changed.", ...lines].join("\n");
}

/** Says of automatic ports that had to be given up for others. */
function movedPorts(before: LedgerEntry | undefined, now: LedgerEntry): string[] {
  const key = ({ inside, protocol, address }: OwnedPort) => `${inside}/${protocol} at ${address}`;
  return now.ports.flatMap((port) => {
    const old = before?.ports.find((candidate) => candidate.automatic && key(candidate) === key(port));
    if (!port.automatic || old === undefined || old.host === port.host) return [];
    return [`port ${old.host} of ${now.id} was taken by another program; ${key(port)} is port ${port.host} now.`];
  });
}

/** What a run that was killed meant to do is of no interest once the instance is as it should be. */
function forgetDead(context: VerbContext, entry: LedgerEntry): void {
  if (entry.intent?.stale !== true) return;
  using ledger = Ledger.open(context.home);
  ledger.clearIntent(entry, entry.intent.holder);
}

/** The instance, when everything is as the last successful run left it: then the engine need not start. */
async function findUnchanged(
  context: VerbContext,
  place: ProjectPlace,
  spec: InstanceSpec,
): Promise<LocatedInstance | undefined> {
  const last = place.stack === undefined ? undefined : readLastUp(context.home, place.stack);
  if (last === undefined) return undefined;
  const located = await locateInstance(context, place);
  if (located?.observation.state !== "present") return undefined;
  const now = fingerprint(context, spec, located);
  return now !== undefined && now.order === last.order && now.real === last.real ? located : undefined;
}

/** What was ordered (settings and program) and what is real, each as a digest. */
function fingerprint(
  context: VerbContext,
  spec: InstanceSpec,
  located: LocatedInstance,
): Required<Pick<LastUp, "order" | "real">> | undefined {
  if (located.observation.state !== "present") return undefined;
  const { objectId, properties } = located.observation;
  const { ports, playbook } = located.entry;
  const order = { version: context.installation.version, spec, playbook: digestOf(context, spec) };
  return { order: digest(order), real: digest({ objectId, properties, ports, playbook }) };
}

/** Whether the backend shows what was promised: only then may the next run take it for unchanged. */
function isAsPromised(
  context: VerbContext,
  spec: InstanceSpec,
  { entry, target, observation }: LocatedInstance,
): boolean {
  if (observation.state !== "present" || entry.subnet === undefined) return false;
  if (spec.provisioning !== undefined && entry.playbook !== digestOf(context, spec)) return false;
  const network = stackNetwork(entry.stack, entry.subnet);
  const leased = { ports: entry.ports, network, address: entry.address?.address };
  const environmentDigest = backendAccess(context.home).digest(spec.environment);
  return differences(observation.properties, promisedProperties(spec, target, leased, environmentDigest)).length === 0;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** How the engine is told of a spec. */
export interface Order {
  /** The same spec, for the program to read in place of the file. @default it reads the file */
  readonly sealedSpec?: string | undefined;
  /** Whether a playbook that was applied is applied again. @default false */
  readonly applyAgain?: boolean;
}

/** Runs the engine, when it is this run's turn, so that the instance is as the spec says and runs or stands still. */
export async function applyPower(
  context: VerbContext,
  place: ProjectPlace,
  spec: InstanceSpec,
  power: Power,
  order: Order = {},
): Promise<LocatedInstance> {
  return changing(context, place, power === "running" ? "up" : "stop", (current) => {
    // An `rm` that was waited for leaves nothing to stop.
    if (power === "stopped") requireStack(context, current);
    return apply(context, current, { ...spec, power }, order);
  });
}

async function apply(
  context: VerbContext,
  place: ProjectPlace,
  spec: InstanceSpec,
  { sealedSpec, applyAgain = false }: Order,
): Promise<LocatedInstance> {
  await refuseEarly(context, place, spec);
  if (applyAgain) await forgetPlaybook(context, place);
  // Not by the ledger: where that was lost, undoing would remove an instance that was there all along.
  const isNew = place.stack === undefined;
  const workspace = openWorkspace(context, place, spec.id, spec.power, sealedSpec);
  try {
    await runUp(context, workspace, spec, isNew);
  } finally {
    if (sealedSpec !== undefined) openWorkspace(context, place, spec.id, spec.power);
  }
  const located = await locateInstance(context, locateProject(context, place.file));
  if (located === undefined) {
    throw new GroundworkError("ENGINE_FAILED", `${spec.id} was brought up, and is not in the ledger`);
  }
  if (spec.power === "running") rememberUp(context, workspace, spec, located);
  return located;
}

/** The sensor sees that the playbook is not applied, and the engine repairs that. */
async function forgetPlaybook(context: VerbContext, place: ProjectPlace): Promise<void> {
  const entry = await findEntry(context, place);
  if (entry === undefined) return;
  using ledger = Ledger.open(context.home);
  ledger.recordPlaybook(entry, undefined);
}

function rememberUp(context: VerbContext, { stack }: Workspace, spec: InstanceSpec, located: LocatedInstance): void {
  const digests = isAsPromised(context, spec, located) ? fingerprint(context, spec, located) : undefined;
  writeLastUp(context.home, stack, { spec: seal(context.home, spec), ...digests });
}

async function runUp(context: VerbContext, workspace: Workspace, spec: InstanceSpec, isNew: boolean): Promise<void> {
  context.progress(engineStart);
  try {
    await engine.ensureStack(workspace);
  } catch (error) {
    // Without a stack there is nothing to undo but the folder; left there, the next run would not count as the first.
    if (isNew) rmSync(workspace.directory, { recursive: true, force: true });
    throw error;
  }
  try {
    await bringUp(context, workspace, spec);
  } catch (error) {
    if (isNew && !isToBeLeft(error)) await undo(context, workspace);
    throw context.signal.aborted ? stopped(isNew) : error;
  }
}

/** A stack that stays locked is another run's; an instance whose playbook failed stays for a look. */
function isToBeLeft(error: unknown): boolean {
  return error instanceof GroundworkError && (error.code === "LOCKED" || "playbook" in error.details);
}

/**
 * Another user of this host, who has a ledger of their own, may take an automatic port between its lease and its bind;
 * the next lease sees that and gives another.
 */
async function bringUp(context: VerbContext, workspace: Workspace, { ports }: InstanceSpec): Promise<void> {
  const isAutomatic = ports.some(({ host }) => host === "auto");
  const { signal } = context;
  const onStage = (stage: ToldStage) => context.progress(stage);
  const options = { onEvent: tellSteps(context), onStage, onWait: tellWaiting(context), signal };
  await pRetry(() => engine.up(workspace, options), {
    retries: 3,
    minTimeout: 0,
    signal,
    shouldRetry: ({ error }) => isAutomatic && error instanceof GroundworkError && error.code === "PORT_CONFLICT",
  });
}

/** A first run that fails or is stopped leaves nothing behind, neither the promise nor the workspace. */
async function undo(context: VerbContext, workspace: Workspace): Promise<void> {
  context.progress(undoing);
  try {
    await destroyStack(context, workspace);
  } catch {
    // Why the run failed matters more than that undoing it failed too; the next run goes on from there.
  }
}

function stopped(undone: boolean): GroundworkError {
  const result = undone
    ? "what was begun was undone: there is no instance"
    : "the instance is as it was, or half changed";
  return new GroundworkError("ENGINE_FAILED", `Stopped at your request; ${result}.`, {
    suggestion: "Run `vagrantp up` to go on.",
  });
}

/** The checks that the plugin makes too, before anything is made: they give `vagrantp` its exit statuses. */
export async function refuseEarly(context: VerbContext, place: ProjectPlace, spec: InstanceSpec): Promise<void> {
  const stack = place.stack ?? `${spec.id}-${place.hash}`;
  using ledger = await openLedger(context);
  const promises = [{ ...spec, projectDirectory: place.directory }];
  const key = { stack, id: spec.id, backend: spec.backend };
  const target = targetOf(context, { ...key, name: spec.name, backendId: ledger.objectOf(key) });
  const driver = openDriver(context, spec.backend);
  const [observation] = await driver.observe([target]);
  const machine = await driver.elsewhere();
  const found = await ledger.check(stack, promises, {
    capacity: machine === undefined ? hostCapacity() : capacityElsewhere(machine),
    probe: probePorts,
    probeAddresses,
    running: activeObjects(target, observation),
  });
  const [first, ...others] = found;
  if (first !== undefined) throw refusalError([first, ...others]);
  if (observation?.state === "foreign") {
    throw new GroundworkError("INFRA_EXISTS", `${spec.id}: ${observation.description}; it was left untouched`, {
      details: { name: spec.name, objectId: observation.objectId },
    });
  }
  if (spec.power === "running") await refusePlaybook(context, spec, ledger.playbookOf(key));
}
