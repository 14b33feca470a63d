/**
 * The engine's `command` plugin: the official one where it can be downloaded; else the stand-in from
 * tools/command-plugin, installed under the same version so that the engine finds it.
 */

import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Home } from "../../host/home";
import type { SetupRecord } from "../../host/setup-record";
import { GroundworkError, messageOf } from "../../settings/errors";
import { assertInReach } from "./download";
import { engineEnvironment, type Engine } from "./engine";
import { runStage, say } from "./processes";

type CommandPlugin = SetupRecord["commandPlugin"];

/** The version of `@pulumi/command` in package.json, which asks for the plugin of the same version. */
const commandPluginVersion = "1.2.1";

/**
 * Installs the plugin unless it is there; a stand-in whose sources changed is built again.
 *
 * @param checkout the folder of this repository, which holds the stand-in's sources
 * @throws ENGINE_FAILED when neither the official plugin nor the stand-in could be installed
 */
export async function setUpCommandPlugin(home: Home, engine: Engine, checkout: string): Promise<CommandPlugin> {
  const sources = join(checkout, "tools", "command-plugin");
  const folder = join(home.pulumiHome, "plugins", `resource-command-v${commandPluginVersion}`);
  const marker = join(folder, "stand-in.sha256");
  const standIn: CommandPlugin = { version: commandPluginVersion, origin: "stand-in" };
  const official: CommandPlugin = { version: commandPluginVersion, origin: "official" };
  if (existsSync(join(folder, "pulumi-resource-command"))) {
    if (!existsSync(marker)) return official;
    if (readFileSync(marker, "utf8") === hashOfSources(sources)) return standIn;
  } else {
    const refusal = await installOfficial(home, engine).catch(messageOf);
    if (refusal === undefined) return official;
    say(`command plugin: the official one is passed over: ${refusal}`);
  }
  await installStandIn(home, engine, sources).catch((cause: unknown) => {
    throw new GroundworkError("ENGINE_FAILED", `The command plugin could not be set up: ${messageOf(cause)}.`, {
      cause,
      suggestion: "Install Go, or bring this host to get.pulumi.com, then run `make setup` again.",
    });
  });
  writeFileSync(marker, hashOfSources(sources));
  return standIn;
}

/** Asks the download server for an answer first: the engine itself tries for long before it gives up. */
async function installOfficial(home: Home, engine: Engine): Promise<undefined> {
  await assertInReach("https://get.pulumi.com");
  await install(home, engine, "command plugin: downloading", []);
}

async function installStandIn(home: Home, engine: Engine, sources: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-command-plugin-"));
  try {
    const program = join(folder, "pulumi-resource-command");
    // Without the checkout's revision: git tells that to the checkout's owner alone, and the build would fail.
    const options = ["-v", "-trimpath", "-buildvcs=false", "-o", program];
    await runStage("command plugin: building the stand-in", "go", ["build", ...options, "."], { cwd: sources });
    await install(home, engine, "command plugin: installing", ["--reinstall", "--file", program]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(home: Home, engine: Engine, stage: string, options: readonly string[]): Promise<void> {
  const command = ["plugin", "install", "resource", "command", commandPluginVersion, ...options];
  await runStage(stage, engine.path, command, { env: engineEnvironment(home), timeoutSeconds: 180 });
}

function hashOfSources(folder: string): string {
  const hash = createHash("sha256");
  const sources = globSync("**/{*.go,go.mod,go.sum,schema.json}", { cwd: folder }).sort();
  for (const source of sources) hash.update(source).update(readFileSync(join(folder, source)));
  return hash.digest("hex");
}
