/** `bin/delivery snapshot`: keeps the state as it is under a number, or shows what is kept. */

import { listCheckpoints, takeCheckpoint } from "../checkpoints/checkpoint";
import { checkpointTable } from "../checkpoints/report";
import type { DeliveryContext } from "../context";
import type { DeliveryVerb } from "./verb";

interface SnapshotOptions {
  readonly list?: boolean;
}

/** The verb. */
export const snapshot: DeliveryVerb<SnapshotOptions> = {
  name: "snapshot",
  summary: "keep the state under a number, with commit and plan; with --list, show what is kept",
  declare: (command) => void command.option("--list", "show what is kept, and keep nothing"),
  async run(context, { list = false }) {
    if (list) return show(context);
    const { number, commit } = await takeCheckpoint(context, { reason: "by-hand" });
    context.show(`Checkpoint ${number} holds the state of ${context.workspace.stack}, which is of commit ${commit}.`);
    context.output("checkpoint", String(number));
    return 0;
  },
};

async function show({ storage, workspace, ...context }: DeliveryContext): Promise<number> {
  const checkpoints = await listCheckpoints(storage, workspace.stack);
  context.show(
    checkpoints.length === 0 ? `The stack ${workspace.stack} has no checkpoint.` : checkpointTable(checkpoints),
  );
  return 0;
}
