/** Reads values of a stack, secrets in the clear: they come by the engine's output and are nowhere written down. */

import * as z from "zod";
import { runEngine } from "./engine-process";
import { engineError } from "./operations";
import type { Workspace } from "./workspace";

const config = z.record(z.string(), z.object({ value: z.string().optional() }));
const outputs = z.record(z.string(), z.unknown());

/** The configuration by full key, such as `linode:token`; a value that is no text is JSON. @throws what the engine said */
export async function readConfig(workspace: Workspace): Promise<Readonly<Record<string, string | undefined>>> {
  const values = config.parse(await ask(workspace, ["config", "--show-secrets", "--json"]));
  return Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value]));
}

/** The outputs of the last `up`; none where there was none. @throws what the engine said */
export async function readOutputs(workspace: Workspace): Promise<Readonly<Record<string, unknown>>> {
  return outputs.parse(await ask(workspace, ["stack", "output", "--show-secrets", "--json"]));
}

async function ask(workspace: Workspace, parameters: readonly string[]): Promise<unknown> {
  const result = await runEngine({ workspace, parameters });
  if (result.exitCode !== 0) throw engineError(result);
  return JSON.parse(result.stdout) as unknown;
}
