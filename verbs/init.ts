import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import * as engine from "../engine/operations";
import { setStackConfig, stackConfigFile } from "../engine/stack-config";
import { installationWorkspace, makeInstallationWorkspace, requireSetup } from "../engine/workspace";
import { hostDefaults } from "../host/backend-access";
import { Ledger } from "../host/ledger";
import { readSetup } from "../host/setup-record";
import { toStackInstance } from "../settings/describe";
import { realDirectory } from "../settings/env-file";
import { GroundworkError } from "../settings/errors";
import { defaultFile, idFromDirectory, stackHash } from "../settings/identity";
import { renderCommentedEnv } from "../settings/init-file";
import { file } from "./inputs";
import { findEntry, loadProject, locateProject } from "./project";
import { verb, type VerbContext } from "./verb";

/** Writes a commented `.env`; or turns one into an entry of a shared stack, and hands the instance over. */
export const init = verb({
  name: "init",
  summary: "write a commented .env, or move the one here into a shared stack",
  input: z.object({
    file,
    stack: z
      .string()
      .optional()
      .meta({ description: "move the settings here into this stack's configuration", alias: "s" }),
  }),
  output: z.object({ wrote: z.string(), handedOver: z.boolean(), next: z.string() }),
  changes: true,
  run(input, context) {
    return input.stack === undefined
      ? Promise.resolve(writeEnv(context, input.file ?? defaultFile))
      : moveToStack(context, input.stack, input.file);
  },
  text: ({ wrote, next }) => `Wrote ${wrote}. ${next}`,
});

function writeEnv(context: VerbContext, file: string) {
  const path = join(realDirectory(context.directory), file);
  if (existsSync(path)) {
    throw new GroundworkError("CONFIG_INVALID", `${path} is there already; nothing was written`, {
      suggestion: "Edit it, then run `vagrantp validate`; or name another file with --file.",
    });
  }
  const id = idFromDirectory(context.directory) ?? basename(context.directory);
  const { image } = hostDefaults(readSetup(context.home));
  writeFileSync(path, renderCommentedEnv({ id, image }), { flag: "wx" });
  return { wrote: path, handedOver: false, next: "Edit it, then run `vagrantp up`." };
}

/** Configuration first, then the promise, then the project's own stack: a run that is cut off can be run again. */
async function moveToStack(context: VerbContext, stack: string, file: string | undefined) {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const { spec } = loadProject(context, file);
  makeInstallationWorkspace(context.home);
  const workspace = installationWorkspace(context.home, context.installation, setup, stack);
  await engine.ensureStack(workspace);
  const { instance, environment } = toStackInstance(spec);
  setStackConfig(workspace, ["groundwork:kind"], "instances");
  setStackConfig(workspace, ["groundwork:instances", spec.id], instance);
  for (const [name, value] of Object.entries(environment)) {
    await engine.setSecret(workspace, `groundwork:instances.${spec.id}.environment.${name}`, value);
  }
  const handedOver = handOver(context, file, { stack, id: spec.id, name: `${spec.id}-${stackHash(stack)}` });
  return {
    wrote: stackConfigFile(workspace),
    handedOver,
    next: `Remove the Groundwork keys from .env, then run \`pulumi up -s ${stack}\` in ${workspace.directory} (\`make shell\` gives its environment).`,
  };
}

function handOver(
  context: VerbContext,
  file: string | undefined,
  to: { stack: string; id: string; name: string },
): boolean {
  const place = locateProject(context, file);
  const entry = findEntry(context, place);
  if (entry === undefined || place.stack === undefined) return false;
  using ledger = Ledger.open(context.home);
  ledger.transfer(entry, to);
  rmSync(join(context.home.projectsDirectory, place.stack), { recursive: true, force: true });
  return true;
}
