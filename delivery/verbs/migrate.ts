/** `bin/delivery migrate`: moves a stack's state to another backend, such as into the bucket that the stack has made. */

import { stackOutput } from "../../engine/operations";
import type { Workspace } from "../../engine/workspace";
import { GroundworkError } from "../../settings/errors";
import { lockedRun } from "../locks/locked-run";
import { migrate as move } from "../migrate/migrate";
import { backendOf } from "../workspace";
import type { DeliveryVerb } from "./verb";

interface MigrateOptions {
  readonly to?: string;
  readonly yes?: boolean;
}

/** The verb. */
export const migrate: DeliveryVerb<MigrateOptions> = {
  name: "migrate",
  summary: "move the state of a stack to another backend, such as into the bucket that it has made",
  declare(command) {
    command.option("--to <url>", "s3://… or file://…; of the stack bootstrap its own bucket by default");
    command.option("--yes", "do it; without it, only say what would be done");
  },
  async run(context, { to, yes = false }) {
    const { workspace } = context;
    const url = to ?? (await ownBucket(workspace));
    const { url: from } = backendOf(workspace);
    if (!yes) {
      context.show(
        `The state of ${workspace.stack} would move from ${from} to ${url}. Nothing was changed; say \`--yes\`.`,
      );
      return 0;
    }
    const kept = await lockedRun(context, () => move(context, url));
    context.show(
      `The state of ${workspace.stack} is in ${url} now. A copy stays in ${from}, under groundwork/${kept}.`,
    );
    context.say(`From now on: export PULUMI_BACKEND_URL='${url}'`);
    return 0;
  },
};

async function ownBucket(workspace: Workspace): Promise<string> {
  const url = await stackOutput(workspace, "backendUrl");
  if (typeof url === "string") return url;
  throw new GroundworkError("CONFIG_MISSING", `The stack ${workspace.stack} has made no bucket for state`, {
    suggestion: "Name a backend by `--to`, or make the bucket first: `pulumi up -s bootstrap`.",
  });
}
