/**
 * What a whole platform is made by in the tests: the plugins of Kubernetes and Linode, which come from Pulumi's own downloads,
 * and the charts with their definitions, from the projects' own repositories. Where one cannot be had a line says so.
 */

import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { messageOf } from "../../settings/errors";
import { groundworkHome } from "../../host/home";
import { readSetup } from "../../host/setup-record";
import { chartSource, charts, type ChartName, type ChartSource } from "../../settings/platform/charts";
import { definitionSources } from "../../settings/platform/definitions";
import { cacheFolder } from "../cache-folder";
import { run, say } from "../setup/processes";

/** The folder in the cache that has each chart unpacked, and `definitions` beside them. */
const chartsFolder = join(cacheFolder(), "charts");

/** Fetches what is not there yet. @param checkout whose packages say which plugins they ask for */
export async function fetchPlatformParts(checkout: string): Promise<void> {
  try {
    for (const name of ["kubernetes", "linode"]) await installPlugin(checkout, name);
    for (const name of Object.keys(charts) as ChartName[]) await fetchChart(chartSource(name));
    await fetchDefinitions();
  } catch (error) {
    say(`whole platform: its parts are not there for the tests: ${messageOf(error)}`);
  }
}

async function installPlugin(checkout: string, name: string): Promise<void> {
  const home = groundworkHome();
  const engine = readSetup(home)?.engine.path;
  if (engine === undefined) throw new Error("there is no engine");
  const file = createRequire(join(checkout, "package.json")).resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  if (existsSync(join(home.pulumiHome, "plugins", `resource-${name}-v${version}`))) return;
  const env = { PULUMI_HOME: home.pulumiHome };
  await run(engine, ["plugin", "install", "resource", name, `v${version}`], { env, timeoutSeconds: 120 });
}

/** Whole or not at all. */
async function fetchChart({ chart, repository, version, isFolder = false }: ChartSource): Promise<void> {
  const folder = join(chartsFolder, chart);
  if (versionIn(folder) === version) return;
  const draft = join(chartsFolder, `.${chart}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const from = repository.startsWith("oci://")
    ? [`${repository}/${chart}`]
    : isFolder
      ? [`${repository}/${chart}-${version}.tgz`]
      : [chart, "--repo", repository];
  await run("helm", ["pull", ...from, "--version", version, "--untar", "--untardir", draft], { timeoutSeconds: 120 });
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(draft, chart), folder);
  rmSync(draft, { recursive: true });
}

/** Which version of a chart is in a folder; undefined where there is none. */
function versionIn(folder: string): string | undefined {
  const file = join(folder, "Chart.yaml");
  return existsSync(file) ? (parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}

/** Each set as one file, as a mirror of definitions has it. */
async function fetchDefinitions(): Promise<void> {
  const folder = join(chartsFolder, "definitions");
  mkdirSync(folder, { recursive: true });
  for (const { name, version, sources } of definitionSources()) {
    const file = join(folder, `${name}-${version}.yaml`);
    if (existsSync(file)) continue;
    writeFileSync(file, (await Promise.all(sources.map(textAt))).join("\n---\n"));
  }
}

async function textAt(address: string): Promise<string> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${address} answered with ${String(answer.status)}`);
  return answer.text();
}
