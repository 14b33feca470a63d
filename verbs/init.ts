import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import * as engine from "../engine/operations";
import { getStackConfig, setStackConfig, stackConfigFile } from "../engine/stack-config";
import { installationWorkspace, makeInstallationWorkspace, requireSetup, type Workspace } from "../engine/workspace";
import { hostDefaults } from "../host/backend-access";
import { Ledger, type TransferTarget } from "../host/ledger";
import { readSetup } from "../host/setup-record";
import { canonicalJson } from "../settings/canonical-json";
import { toStackInstance, type StackInstanceConfig } from "../settings/describe";
import { realDirectory } from "../settings/env-file";
import { GroundworkError } from "../settings/errors";
import { defaultFile, idFromDirectory, stackHash } from "../settings/identity";
import { renderCommentedEnv } from "../settings/init-file";
import { isMap } from "../settings/stack-violations";
import { file } from "./inputs";
import { findEntry } from "./instance";
import { loadProject, locateProject } from "./project";
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
  const path = resolve(realDirectory(context.directory), file);
  if (existsSync(path)) {
    throw new GroundworkError("CONFIG_INVALID", `${path} is there already; nothing was written`, {
      suggestion: "Edit it, then run `vagrantp validate`; or name another file with --file.",
    });
  }
  const id = idFromDirectory(context.directory) ?? basename(context.directory);
  const { image } = hostDefaults(readSetup(context.home));
  try {
    writeFileSync(path, renderCommentedEnv({ id, image }), { flag: "wx" });
  } catch (cause) {
    throw new GroundworkError("CONFIG_INVALID", `${path} cannot be written: ${(cause as Error).message}`, {
      suggestion: "Name a file in a directory that exists and that you may write.",
      cause,
    });
  }
  return { wrote: path, handedOver: false, next: "Edit it, then run `vagrantp up`." };
}

/**
 * Configuration first, then the promise, then the project's own stack: a run that is cut off leaves the instance with
 * its project, and the next one goes on: an entry that says the same is its own.
 */
async function moveToStack(context: VerbContext, stack: string, file: string | undefined) {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const { spec } = loadProject(context, file);
  const workspace = installationWorkspace(context.home, context.installation, setup, checkStackName(stack));
  const to = { stack, id: spec.id, name: `${spec.id}-${stackHash(stack)}` };
  const { instance, environment, provisioningVars } = toStackInstance(spec);
  refuseTakenPlace(context, workspace, to, instance);
  makeInstallationWorkspace(context.home);
  await engine.ensureStack(workspace);
  setStackConfig(workspace, ["groundwork:kind"], "instances");
  setStackConfig(workspace, ["groundwork:instances", spec.id], instance);
  for (const [name, value] of Object.entries(environment)) {
    await engine.setSecret(workspace, `groundwork:instances.${spec.id}.environment.${name}`, value);
  }
  if (provisioningVars !== undefined) {
    await engine.setSecret(workspace, `groundwork:instances.${spec.id}.provisioning.vars`, provisioningVars);
  }
  const handedOver = await handOver(context, file, to);
  return {
    wrote: stackConfigFile(workspace),
    handedOver,
    next: `Remove the Groundwork keys from .env, then run \`pulumi up -s ${stack}\` in ${workspace.directory} (\`make shell\` gives its environment).`,
  };
}

/** The name of a stack, as Pulumi takes it and as a file name can hold it. */
function checkStackName(stack: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(stack)) return stack;
  throw new GroundworkError("CONFIG_INVALID", `"${stack}" is no name of a stack`, {
    suggestion: "Use up to 100 letters, digits, dots, hyphens and underscores, a letter or digit first: --stack dev.",
  });
}

/** Nothing may be written over what is somebody's already: another kind of stack, or another instance of this id. */
function refuseTakenPlace(
  context: VerbContext,
  workspace: Workspace,
  to: TransferTarget,
  instance: StackInstanceConfig,
): void {
  const file = stackConfigFile(workspace);
  const kind = getStackConfig(workspace, ["groundwork:kind"]);
  if (kind !== undefined && kind !== "instances") {
    throw new GroundworkError(
      "CONFIG_INVALID",
      `The stack ${to.stack} is of kind ${JSON.stringify(kind)}; allowed: instances`,
      {
        suggestion: "Name a stack of instances, such as dev.",
      },
    );
  }
  const written = getStackConfig(workspace, ["groundwork:instances", to.id]);
  if (written === undefined ? !isInStack(context, to) : saysTheSame(written, instance)) return;
  throw new GroundworkError("INFRA_EXISTS", `${file} has an instance "${to.id}" already; nothing was written`, {
    suggestion: "Set another INFRA_ID in .env, or take the entry out of the file first.",
  });
}

function isInStack(context: VerbContext, { stack, id }: TransferTarget): boolean {
  using ledger = Ledger.open(context.home);
  return ledger.entries({ stack }).some((entry) => entry.id === id);
}

/** Whether an entry of the configuration is what would be written; its variables are secret and are written anew. */
function saysTheSame(written: unknown, instance: StackInstanceConfig): boolean {
  if (!isMap(written)) return false;
  const settings = Object.entries(written).filter(([key]) => key !== "environment");
  return canonicalJson(Object.fromEntries(settings)) === canonicalJson(instance);
}

async function handOver(context: VerbContext, file: string | undefined, to: TransferTarget): Promise<boolean> {
  const place = locateProject(context, file);
  if (place.stack === undefined) return false;
  const entry = await findEntry(context, place);
  // Without an entry of its own, but with one there: a run was cut off after the promise had moved.
  if (entry === undefined && !isInStack(context, to)) return false;
  using ledger = Ledger.open(context.home);
  if (entry !== undefined) ledger.transfer(entry, to);
  rmSync(join(context.home.projectsDirectory, place.stack), { recursive: true, force: true });
  return true;
}
