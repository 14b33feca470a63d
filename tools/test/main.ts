/**
 * `make test`: runs every level of tests, one after another, also after one has failed. The last line is
 * the sum over the levels, alone: `N passed, N failed, N skipped`.
 */

import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { makeCloudImage } from "./cloud-image";
import { buildControlPlane } from "./control-plane-program";
import { fetchCloudInit } from "./cloud-init-program";
import { fetchDockerPrograms } from "./docker-programs";
import { setUpNetworkAnalyser } from "./network-analyser";
import { fetchPlatformParts } from "./platform-parts";
import { fetchPromtool } from "./promtool-program";
import { setUpWorkflowCheckers } from "./workflow-checkers";
import { buildS3Server } from "./s3-server-program";
import { countGo, countJest, formatCounts, goOutput, isSuccess, sum, type Counts, type JestReport } from "./summary";

const root = join(__dirname, "..");

/** A level that could not be run at all is one failure. */
const broken: Counts = { passed: 0, failed: 1, skipped: 0 };

/** A level of tests and what runs it. */
interface Level {
  readonly name: string;
  /** A level that takes longer is ended, and is one failure: a test that never ends must not hold up the others. */
  readonly limitMinutes: number;
  readonly run: (limits: SpawnSyncOptions) => Counts;
}

const levels: readonly Level[] = [
  { name: "unit", limitMinutes: 10, run: (limits) => runJest("unit", limits) },
  { name: "host", limitMinutes: 5, run: (limits) => runJest("host", limits) },
  { name: "go", limitMinutes: 5, run: runGo },
  { name: "cluster", limitMinutes: 20, run: (limits) => runJest("cluster", limits, "--maxWorkers=2") },
  // These start real engines and containers, each a handful of processes: two files at a time keep two processors busy.
  { name: "delivery", limitMinutes: 40, run: (limits) => runJest("delivery", limits, "--maxWorkers=2") },
  { name: "engine", limitMinutes: 40, run: (limits) => runJest("engine", limits, "--maxWorkers=2") },
];

function runJest(level: string, limits: SpawnSyncOptions, ...options: readonly string[]): Counts {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-test-"));
  const report = join(folder, "report.json");
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  const choice = ["--selectProjects", level, "--passWithNoTests", "--json", `--outputFile=${report}`];
  try {
    // Jest's own report for people goes to stderr; stdout would repeat the JSON.
    spawnSync(process.execPath, [jest, ...choice, ...options], { ...limits, stdio: ["ignore", "ignore", "inherit"] });
    return countJest(JSON.parse(readFileSync(report, "utf8")) as JestReport);
  } catch (error) {
    console.error(`The level ${level} gave no report: ${messageOf(error)}`);
    return broken;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runGo(limits: SpawnSyncOptions): Counts {
  const { stdout, stderr, error } = spawnSync("go", ["test", "-json", "./..."], {
    ...limits,
    cwd: join(root, "tools", "command-plugin"),
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    console.error(`The level go is skipped: there is no go.`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const counts = countGo(stdout);
  if (counts.failed > 0 || stderr !== "") console.error(goOutput(stdout) + stderr);
  return counts.passed + counts.failed + counts.skipped === 0 ? broken : counts;
}

function runLevel({ name, limitMinutes, run }: Level): { readonly line: string; readonly counts: Counts } {
  const startedAt = performance.now();
  const counts = run({ cwd: root, timeout: limitMinutes * 60_000, killSignal: "SIGKILL" });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const line = `${name}: ${formatCounts(counts)} (${seconds} s)`;
  console.error(line);
  return { line, counts };
}

/** What virtual machines need. Where it cannot be had set-up says why, and the tests that need it are skipped. */
function setUpVm(): void {
  spawnSync(process.execPath, [join(__dirname, "setup-vm.js")], { stdio: ["ignore", "ignore", "inherit"] });
}

async function main(): Promise<void> {
  await fetchDockerPrograms();
  setUpVm();
  await fetchCloudInit();
  await fetchPromtool();
  await setUpNetworkAnalyser(root);
  await setUpWorkflowCheckers(root);
  await makeCloudImage(root);
  await buildControlPlane(root);
  await buildS3Server();
  await fetchPlatformParts(root);
  const results = levels.map(runLevel);
  const total = sum(results.map(({ counts }) => counts));
  console.log(results.map(({ line }) => line).join("\n"));
  console.log(formatCounts(total));
  process.exitCode = isSuccess(total) ? 0 : 1;
}

void main();
