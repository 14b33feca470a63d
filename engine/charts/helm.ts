/** Calls helm: a chart is fetched once, and rendered with values. Nothing of it reaches a cluster. */

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import type { DeclaredChart } from "./declared-charts";

/** A chart that does not answer for so long is taken for out of reach. */
const limitMilliseconds = 60_000;

/** What charts ask an API server for, and a platform's has by then. */
const apiVersions = ["monitoring.coreos.com/v1", "cert-manager.io/v1"];

/** Whether there is a helm. */
export async function hasHelm(): Promise<boolean> {
  try {
    return (await x("helm", ["version", "--short"], { nodePath: false })).exitCode === 0;
  } catch {
    return false;
  }
}

/**
 * Fetches a chart and returns the path of its file.
 *
 * @param folder a place of the chart's own, which need not be there
 * @throws Error with what helm says
 */
export async function fetchChart({ chart, repository, version }: DeclaredChart, folder: string): Promise<string> {
  mkdirSync(folder);
  const from = repository === undefined ? [] : ["--repo", repository];
  await helm(["pull", chart, ...from, "--version", version, "--destination", folder]);
  const [file] = readdirSync(folder);
  if (file === undefined) throw new Error("helm wrote no file");
  return join(folder, file);
}

/**
 * Renders a chart as Pulumi does, which leaves out hooks and custom resource definitions.
 *
 * @param kubernetesVersion major and minor, e.g. 1.35
 * @throws Error with what helm says
 */
export async function renderChart(
  { release, namespace, values }: DeclaredChart,
  file: string,
  kubernetesVersion: string,
): Promise<void> {
  const cluster = [
    "--kube-version",
    `${kubernetesVersion}.0`,
    ...apiVersions.flatMap((one) => ["--api-versions", one]),
  ];
  const parameters = ["template", release, file, "--namespace", namespace, "--no-hooks", "--values", "-", ...cluster];
  await helm(parameters, JSON.stringify(values));
}

async function helm(parameters: readonly string[], stdin = ""): Promise<void> {
  const { exitCode, stderr } = await x("helm", [...parameters], { stdin, nodePath: false, timeout: limitMilliseconds });
  if (exitCode === 0) return;
  throw new Error(exitCode === undefined ? `no answer in ${String(limitMilliseconds / 1000)} s` : complaintOf(stderr));
}

/** What helm ends with, without its warnings before and its advice behind. */
function complaintOf(stderr: string): string {
  const [, complaint = stderr] = /^Error: ([^]*)/m.exec(stderr) ?? [];
  return complaint.replace("Use --debug flag to render out invalid YAML", "").trim();
}
