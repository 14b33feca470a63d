/** Renders every chart of a platform with its values, before an engine is started that would wait for the others. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { requireTemporaryFolder } from "../../host/system-errors";
import { GroundworkError, type Violation, messageOf } from "../../settings/errors";
import { isMap } from "../../settings/stack-violations";
import { platformResources, type WrittenConfig } from "../platform-registrations";
import { readStackConfig, stackConfigFile } from "../stack-config";
import type { Workspace } from "../workspace";
import { addressOf, declaredCharts, sourceOf, titleOf, type DeclaredChart } from "./declared-charts";
import { fetchChart, hasHelm, renderChart } from "./helm";
import { responsibleKeys } from "./responsible-keys";

/** The version of Kubernetes that charts are told where the stack asks for none. */
const usualKubernetesVersion = "1.35";

/** Why a chart cannot be made. */
interface Failure {
  readonly chart: DeclaredChart;
  /** `fetch`: the chart itself was not to be had. */
  readonly step: "fetch" | "render";
  /** What helm said, on one line. */
  readonly said: string;
}

/**
 * Fetches every chart of a stack's platform and renders it with the values that the stack would give it, many at once. In the
 * engine one chart that does not render makes the whole run wait for minutes before it says so.
 *
 * @returns what was done, as a line for people; for a stack that is no platform, and without helm, that nothing was
 * @throws GroundworkError CONFIG_INVALID with every chart that fails, what helm says of it, and the keys of the config that go
 * into its values, or as the program would for a config that it refuses; CONFIG_MISSING where the stack has no file
 */
export async function checkCharts({ directory, stack }: Pick<Workspace, "directory" | "stack">): Promise<string> {
  requireFile(stackConfigFile({ directory, stack }));
  const config = readStackConfig({ directory, stack });
  if (config["groundwork:kind"] !== "platform") return `The stack ${stack} is no platform, and has no charts.`;
  const charts = declaredCharts(await platformResources(stack, config));
  if (!(await hasHelm())) return "The charts were not rendered beforehand: there is no helm on the PATH.";
  const failures = await failuresOf(charts, kubernetesVersionOf(config));
  if (failures.length === 0) return `${String(charts.length)} charts render with the values of the stack ${stack}.`;
  throw refusal(stack, await violationsOf(stack, config, failures));
}

function requireFile(file: string): void {
  if (existsSync(file)) return;
  throw new GroundworkError("CONFIG_MISSING", `There is no ${file}.`, {
    suggestion: "Write it, or name another stack; docs/guides/platform.md shows one.",
  });
}

async function failuresOf(charts: readonly DeclaredChart[], kubernetesVersion: string): Promise<readonly Failure[]> {
  requireTemporaryFolder();
  const folder = mkdtempSync(join(tmpdir(), "groundwork-charts-"));
  // They wait for the network more than they work.
  const concurrency = 2 * availableParallelism();
  const files = new Map<string, Promise<string>>();
  const fileOf = (chart: DeclaredChart): Promise<string> => {
    const source = sourceOf(chart);
    const file = files.get(source) ?? fetchChart(chart, join(folder, String(files.size)));
    files.set(source, file);
    return file;
  };
  const check = async (chart: DeclaredChart): Promise<Failure | undefined> => {
    let step: Failure["step"] = "fetch";
    try {
      const file = await fileOf(chart);
      step = "render";
      await renderChart(chart, file, kubernetesVersion);
      return undefined;
    } catch (error) {
      const said = messageOf(error).replace(/\s*\n\s*/g, " ");
      return { chart, step, said };
    }
  };
  try {
    const found = await pMap(charts, check, { concurrency });
    return withoutRepeats(found.filter((failure) => failure !== undefined));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A chart that is there more than once and not to be had is told once. */
function withoutRepeats(failures: readonly Failure[]): readonly Failure[] {
  const fetched = failures.map(({ chart, step }) => (step === "fetch" ? sourceOf(chart) : undefined));
  return failures.filter((_, index) => fetched[index] === undefined || fetched.indexOf(fetched[index]) === index);
}

function kubernetesVersionOf(config: WrittenConfig): string {
  const version = valueAt(config, ["groundwork:platform", "cluster", "kubernetesVersion"]);
  return typeof version === "string" ? version : usualKubernetesVersion;
}

function valueAt(config: unknown, [key, ...rest]: readonly string[]): unknown {
  return key === undefined ? config : isMap(config) ? valueAt(config[key], rest) : undefined;
}

async function violationsOf(stack: string, config: WrittenConfig, failures: readonly Failure[]): Promise<Violation[]> {
  const unrendered = failures.filter(({ step }) => step === "render").map(({ chart }) => chart);
  const keys = unrendered.length === 0 ? undefined : await responsibleKeys(stack, config, unrendered);
  const isMirrored = valueAt(config, ["groundwork:platform", "charts", "mirror"]) !== undefined;
  return failures.map(({ chart, step, said }) => {
    const message = sentenceOf(chart, step, said);
    if (step === "fetch") return isMirrored ? { key: "platform.charts.mirror", message } : { message };
    const key = /incompatible with Kubernetes/.test(said)
      ? "platform.cluster.kubernetesVersion"
      : keys?.get(chart.release)?.join(", ");
    return key === undefined || key === "" ? { message } : { key, message };
  });
}

function sentenceOf(chart: DeclaredChart, step: Failure["step"], said: string): string {
  const title = titleOf(chart);
  if (step === "fetch") return `the chart ${title} cannot be had from ${addressOf(chart)}: ${said}`;
  return `the chart ${title} does not render as ${chart.release} in ${chart.namespace}: ${said}`;
}

function refusal(stack: string, violations: readonly Violation[]): GroundworkError {
  const count = violations.length === 1 ? "A chart" : `${String(violations.length)} charts`;
  return new GroundworkError("CONFIG_INVALID", `${count} of the stack ${stack} cannot be made; nothing was changed.`, {
    violations,
    details: { stack },
    suggestion:
      `Correct the keys named above in Pulumi.${stack}.yaml, or let this host reach the addresses ` +
      `(platform.charts.mirror names others), then run \`bin/platform check -s ${stack}\`.`,
  });
}
