/** Runs the engine on a project, and undoes a first run that fails. */

import { rmSync } from "node:fs";
import pRetry from "p-retry";
import { forgetUnchanged, writeLastUp } from "../engine/last-up";
import * as engine from "../engine/operations";
import type { Workspace } from "../engine/workspace";
import { Ledger } from "../host/ledger";
import { seal } from "../host/sealed";
import type { ToldStage } from "../host/stages";
import { GroundworkError } from "../settings/errors";
import type { InstanceSpec, Power } from "../settings/instance-spec";
import { destroyStack } from "./destroy";
import { fingerprint, isAsPromised } from "./fingerprint";
import { findEntry, locateInstance, type LocatedInstance } from "./instance";
import { locateProject, type ProjectPlace } from "./project";
import { refuseEarly } from "./refuse-early";
import { requireStack } from "./required";
import { engineStart, tellSteps, undoing } from "./steps";
import { changing, tellWaiting } from "./turn";
import type { VerbContext } from "./verb";
import { openWorkspace } from "./workspace";

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
  forgetUnchanged(context.home, workspace.stack);
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
