/**
 * Puts the state of a checkpoint in the place of one that is lost or corrupt. What was made since is real and no longer
 * known: it is listed. For everything else `rollback --to` is right, which works on the state as it is.
 */

import { importState } from "../../engine/operations";
import type { Workspace } from "../../engine/workspace";
import { groundworkHome } from "../../host/home";
import { GroundworkError } from "../../settings/errors";
import { audited } from "../audit/audited";
import { recorder } from "../audit/recorder";
import { flushAtEnd } from "../audit/report";
import { driftText } from "../changes/change-text";
import { code } from "../changes/markdown";
import type { DeliveryContext } from "../context";
import { findDrift } from "../plan/find-drift";
import { inTurnOfApplies } from "../plan/turn";
import { readCheckpoint, readCheckpointState, takeCheckpoint, type Checkpoint } from "./checkpoint";
import { clusterOf } from "./platform";
import { standingOf, type Standing } from "./standing";
import { readState, type State } from "./state";
import { unknownInstances } from "./unknown-instances";
import { unknownObjects } from "./unknown-objects";

/** What the user has said besides the number. */
export interface ImportOptions {
  /** Do it, and do not only say what would be done. */
  readonly isAgreed: boolean;
  /** Also where there is a state that can be read. */
  readonly discardsState: boolean;
}

/**
 * Imports the state of a checkpoint.
 *
 * @throws CONFIG_INVALID where the state can be read and holds something, unless that is to be discarded; LOCKED when another run
 *   has the turn
 */
export async function importCheckpoint(
  context: DeliveryContext,
  number: number,
  { isAgreed, discardsState }: ImportOptions,
): Promise<void> {
  const { storage, workspace } = context;
  const checkpoint = await readCheckpoint(storage, workspace.stack, number);
  const state = await readCheckpointState(storage, checkpoint);
  const look = async (): Promise<Standing> => {
    const found = await standingOf(workspace);
    if (!discardsState) refuseReadable(found, checkpoint);
    return found;
  };
  if (!isAgreed) {
    context.show(intention(await look(), checkpoint));
    return;
  }
  await replaceState(context, look, checkpoint, state);
  context.show(await aftermath(context, readState(state)));
}

function refuseReadable(found: Standing, { stack, number }: Checkpoint): void {
  if (found.standing !== "readable" || found.state.resources.length === 0) return;
  const count = found.state.resources.length;
  const message = `The state of ${stack} can be read and holds ${count} resources; an older one would forget what was made since.`;
  throw new GroundworkError("CONFIG_INVALID", message, {
    details: { resources: count },
    suggestion: `Run \`bin/delivery rollback -s ${stack} --to ${number}\`, which works on the state as it is; or add --discard-state to import all the same.`,
  });
}

function intention(found: Standing, { stack, number, at }: Checkpoint): string {
  const now =
    found.standing === "readable" ? `holds ${found.state.resources.length} resources` : `is ${found.standing}`;
  return [
    `The state of ${code(stack)} ${now}. In its place would come that of checkpoint ${number}, of ${at}.`,
    `What is real would not be touched. Run the same command with \`--yes\` to do it.`,
  ].join("\n");
}

/** In the turn of applies: the state must not become another one between a look at it and its end. What can be read is kept. */
async function replaceState(
  context: DeliveryContext,
  look: () => Promise<Standing>,
  { number }: Checkpoint,
  state: string,
): Promise<void> {
  const audit = recorder(context);
  const purpose = { action: "import-state", resource: `Checkpoint/${number}` } as const;
  try {
    await inTurnOfApplies(context, audit, purpose, async () => {
      const { standing } = await look();
      if (standing === "readable") await takeCheckpoint(context, { reason: "before-rollback" });
      await audited(audit, { source: "delivery", ...purpose }, () => importState(context.workspace, state));
    });
  } finally {
    await flushAtEnd(audit, context);
  }
}

/** What is not as the imported state says, and what is real besides. */
async function aftermath(context: DeliveryContext, state: State): Promise<string> {
  const { workspace } = context;
  const drift = await findDrift(context);
  const unknown = await unknownTo(workspace, state);
  return [
    `## The state of ${code(workspace.stack)} is that of the checkpoint`,
    drift.length === 0 ? "All that it holds is as it says." : `What is real differs from it:\n\n${driftText(drift)}`,
    unknown.length === 0
      ? "Nothing is real that it does not know."
      : `These are real, and it does not know them:\n\n${unknown.map((one) => `- ${one}`).join("\n")}`,
    `\`bin/delivery preview -s ${workspace.stack}\` says what an apply would do now. What is not known is not removed by it.`,
  ].join("\n\n");
}

async function unknownTo(workspace: Workspace, state: State): Promise<readonly string[]> {
  const cluster = await clusterOf(workspace);
  if (cluster !== undefined) return unknownObjects(cluster, state);
  return unknownInstances(groundworkHome(), workspace.stack, state);
}
