/** Moves a stack's state from one backend to another: never lost on the way, and never in both for more than a moment. */

import { assertPassphrase, exportState, importState, isUnknownStack, removeStack } from "../../engine/operations";
import { workspaceIn, type Workspace } from "../../engine/workspace";
import { parseBackend } from "../../engine/backend";
import { GroundworkError } from "../../settings/errors";
import type { DeliveryContext } from "../context";
import { backendOf } from "../workspace";
import { stateHash } from "../plan/state-hash";

/** Where the state is copied to before it is taken away, in the store beside it. */
const keptAs = (stack: string): string => `migrated/${stack}.json`;

/**
 * Copies the state to another backend, reads it back, and only then takes it away from where it was; there a copy stays. A
 * move that was interrupted is gone on with.
 *
 * @param url of the other backend; the passphrase of the stack's secrets stays the same
 * @returns the key of the copy that stays
 * @throws INFRA_EXISTS when the other backend holds something else under the stack's name; CONFIG_INVALID when it is the same
 *   backend, or the passphrase is another there; nothing has been changed then
 */
export async function migrate(context: DeliveryContext, url: string): Promise<string> {
  const { workspace, storage } = context;
  const { stack } = workspace;
  const target = workspaceIn(workspace, parseBackend(url));
  refuseSame(workspace, target);
  const state = await exportState(workspace);
  // The user's own passphrase, by which the stack is read there: an import does not ask for it.
  await assertPassphrase(workspaceIn(workspace, backendOf(workspace)));
  if (!(await isThere(target, state))) {
    context.say(`Copying the state of ${stack} to ${url}.`);
    await importState(target, state);
  }
  await assertArrived(target, state);
  await storage.write(keptAs(stack), state);
  context.say(`Taking it away from ${backendUrlOf(workspace)}.`);
  await removeStack(workspace);
  return keptAs(stack);
}

function refuseSame(source: Workspace, target: Workspace): void {
  if (backendUrlOf(source) !== backendUrlOf(target)) return;
  throw new GroundworkError("CONFIG_INVALID", `The state of ${source.stack} is in ${backendUrlOf(source)} already`, {
    suggestion: "Name another backend by `--to`.",
  });
}

function backendUrlOf({ variables }: Workspace): string {
  return variables["PULUMI_BACKEND_URL"] ?? "";
}

/** Whether the very state is there: of a move that was interrupted. A stack without resources is as good as none. */
async function isThere(target: Workspace, state: string): Promise<boolean> {
  const found = await stateIn(target);
  if (found === undefined || isEmpty(found)) return false;
  if (stateHash(found) === stateHash(state)) return true;
  const { stack } = target;
  throw new GroundworkError("INFRA_EXISTS", `${backendUrlOf(target)} holds another state of a stack ${stack}`, {
    suggestion: `See which one is right: \`pulumi stack export -s ${stack}\` in each. Remove the other by \`pulumi stack rm --force --preserve-config ${stack}\`.`,
  });
}

async function stateIn(target: Workspace): Promise<string | undefined> {
  try {
    return await exportState(target);
  } catch (error) {
    if (error instanceof GroundworkError && isUnknownStack(error.message)) return undefined;
    throw error;
  }
}

function isEmpty(state: string): boolean {
  const { deployment } = JSON.parse(state) as { deployment?: { resources?: readonly unknown[] } | null };
  return (deployment?.resources ?? []).length === 0;
}

async function assertArrived(target: Workspace, state: string): Promise<void> {
  const arrived = await exportState(target);
  if (stateHash(arrived) === stateHash(state)) return;
  const message = `What ${backendUrlOf(target)} holds now of the stack ${target.stack} is not what was written there`;
  throw new GroundworkError("ENGINE_FAILED", message, {
    suggestion: "The state is where it was. Run the same command again when nobody else works on the stack.",
  });
}
