/**
 * The Pulumi engine: one on the PATH that is new enough; else Pulumi's own download; else a build
 * from Go modules (tools/engine/). The last two are kept in the cache, under their version.
 */

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { leaveOutAutomaticLog } from "../../engine/automatic-log";
import type { Home } from "../../host/home";
import { GroundworkError, messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { buildEngine } from "./engine-build";
import { downloadEngine } from "./engine-download";
import { run, say } from "./processes";
import { findVersion, isAtLeast } from "./texts";

/** The version that is downloaded or built; equal to the one in tools/engine/pulumi/go.mod. */
export const engineVersion = "3.259.0";

/**
 * The least version of an engine found on the PATH: since it, `refresh --preview-only` locks the stack
 * (pulumi/pulumi 3.229.0), and exits 7 on drift (3.227.0).
 */
export const leastEngineVersion = "3.229.0";

/** An engine that can run our program. */
export interface Engine {
  /** The `pulumi` program; its Node language host lies beside it. */
  readonly path: string;
  readonly version: string;
  readonly origin: string;
}

/** The environment of every call of the engine in set-up: the user's own `~/.pulumi` is never written. */
export function engineEnvironment(home: Home): NodeJS.ProcessEnv {
  return { PULUMI_HOME: home.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/**
 * Finds an engine or makes one, and says why each way was passed over.
 *
 * @param checkout the folder of this repository
 * @throws ENGINE_FAILED naming why no way works
 */
export async function setUpEngine(home: Home, checkout: string): Promise<Engine> {
  leaveOutAutomaticLog(home.pulumiHome);
  const reasons: string[] = [];
  const passOver = (way: string, reason: string) => {
    reasons.push(`${way}: ${reason}`);
    say(`engine: ${way} is passed over: ${reason}`);
  };
  const found = (await findOnPath(home, passOver)) ?? (await findInCache(home));
  if (found !== undefined) return found;
  for (const way of waysToInstall) {
    try {
      return await install(home, checkout, way);
    } catch (error) {
      passOver(way.name, messageOf(error));
    }
  }
  throw new GroundworkError("ENGINE_FAILED", "No Pulumi engine could be set up.", {
    violations: reasons.map((message) => ({ message })),
    suggestion: `Install Pulumi ${leastEngineVersion} or newer, or Go, then run \`make setup\` again.`,
  });
}

/** The first usable engine on the PATH. */
export async function findOnPath(
  home: Home,
  passOver: (way: string, reason: string) => void,
  searchPath: string = process.env["PATH"] ?? "",
): Promise<Engine | undefined> {
  for (const folder of searchPath.split(delimiter).filter((part) => part !== "")) {
    const path = join(folder, "pulumi");
    if (!isExecutable(path)) continue;
    const judged = await judge(home, path);
    if (typeof judged !== "string") return judged;
    passOver(path, judged);
  }
  return undefined;
}

/** The engine at a path, or the reason why it cannot be used. */
async function judge(home: Home, path: string): Promise<Engine | string> {
  const version = await versionOf(home, path).catch(messageOf);
  if (!/^[\d.]+$/.test(version)) return version;
  if (!isAtLeast(version, leastEngineVersion)) return `version ${version} is older than ${leastEngineVersion}`;
  const hasLanguageHost = [path, realpathSync(path)].some((program) =>
    isExecutable(join(dirname(program), "pulumi-language-nodejs")),
  );
  if (!hasLanguageHost) return "there is no pulumi-language-nodejs beside it";
  return { path, version, origin: "on the PATH" };
}

async function versionOf(home: Home, path: string): Promise<string> {
  const answer = await run(path, ["version"], { env: engineEnvironment(home), timeoutSeconds: 20 });
  const version = findVersion(answer);
  if (version === undefined) throw new Error(`\`pulumi version\` answers ${JSON.stringify(answer)}`);
  return version;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A way to put the engine's programs into a folder. */
interface WayToInstall {
  readonly name: string;
  readonly origin: string;
  readonly fill: (bin: string, version: string, checkout: string) => Promise<void>;
}

const waysToInstall: readonly WayToInstall[] = [
  { name: "Pulumi's own download", origin: "downloaded", fill: downloadEngine },
  { name: "the build from Go modules", origin: "built from Go modules", fill: buildEngine },
];

/** Counts up when what is put into the folder changes, so that one made before is not taken for complete. */
const layout = 2;

/** Where the cache keeps the engine. */
function installedFolder(): string {
  return join(cacheFolder(), "engine", `${engineVersion}-${layout}`);
}

async function findInCache(home: Home): Promise<Engine | undefined> {
  const folder = installedFolder();
  return existsSync(folder) ? await usable(home, folder) : undefined;
}

/** The engine in an installed folder, if both programs are there and it is the version we asked for. */
async function usable(home: Home, folder: string): Promise<Engine | undefined> {
  const engine = await judge(home, join(folder, "bin", "pulumi"));
  if (typeof engine === "string" || engine.version !== engineVersion) return undefined;
  return { ...engine, origin: readFileSync(join(folder, "origin"), "utf8").trim() };
}

/** Fills a folder beside the final one and renames it, so that the final one is complete or absent. */
async function install(home: Home, checkout: string, way: WayToInstall): Promise<Engine> {
  const installed = installedFolder();
  mkdirSync(dirname(installed), { recursive: true });
  const draft = mkdtempSync(`${installed}.`);
  try {
    mkdirSync(join(draft, "bin"));
    await way.fill(join(draft, "bin"), engineVersion, checkout);
    writeFileSync(join(draft, "origin"), `${way.origin}\n`);
    const engine = await usable(home, draft);
    if (engine === undefined) throw new Error(`it gave no engine ${engineVersion} with a Node language host`);
    await putInPlace(home, draft);
    return { ...engine, path: join(installed, "bin", "pulumi") };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Two set-ups at once: the first to be complete wins, the other uses what is there. */
async function putInPlace(home: Home, draft: string): Promise<void> {
  if ((await findInCache(home)) !== undefined) return;
  const installed = installedFolder();
  rmSync(installed, { recursive: true, force: true });
  renameSync(draft, installed);
}
