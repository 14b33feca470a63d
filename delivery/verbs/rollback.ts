/** `bin/delivery rollback`: back to what a checkpoint's commit says, or to its state where that is lost. */

import { InvalidArgumentError, Option } from "commander";
import { GroundworkError } from "../../settings/errors";
import { importCheckpoint } from "../checkpoints/import-state";
import { rollBack } from "../checkpoints/rollback";
import { policyNames, type PolicyName } from "../policies/policy";
import type { DeliveryVerb } from "./verb";

interface RollbackOptions {
  readonly to?: number;
  readonly importState?: number;
  readonly discardState?: boolean;
  readonly yes?: boolean;
  readonly allow?: readonly PolicyName[];
}

/** The verb. */
export const rollback: DeliveryVerb<RollbackOptions> = {
  name: "rollback",
  summary: "apply the commit of a checkpoint again, on the state as it is now",
  declare: (command) =>
    void command
      .option("--to <number>", "the checkpoint; `snapshot --list` shows them", checkpointNumber)
      .option("--yes", "do it; without this it is only shown")
      .addOption(
        new Option("--allow <policy...>", "let pass what this policy refuses; the audit has it")
          .choices(policyNames)
          .conflicts("importState"),
      )
      .option(
        "--import-state <number>",
        "where the state is lost or corrupt: put that of a checkpoint in its place",
        checkpointNumber,
      )
      .option("--discard-state", "with --import-state, also where the state can be read"),
  async run(context, { to, importState, discardState = false, yes = false, allow = [] }) {
    const [number, other] = [importState ?? to, importState === undefined ? undefined : to];
    if (number === undefined || other !== undefined) throw whichOne(context.workspace.stack);
    if (importState === undefined) await rollBack(context, number, { isAgreed: yes, allowed: allow });
    else await importCheckpoint(context, number, { isAgreed: yes, discardsState: discardState });
    return 0;
  },
};

function checkpointNumber(given: string): number {
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new InvalidArgumentError("the number of a checkpoint is allowed, such as 7.");
}

function whichOne(stack: string): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", "One of --to and --import-state says which checkpoint is meant.", {
    suggestion: `Run \`bin/delivery snapshot -s ${stack} --list\`, then \`bin/delivery rollback -s ${stack} --to NUMBER\`.`,
  });
}
