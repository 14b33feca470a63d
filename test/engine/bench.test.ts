/** The bench measures all it promises, and leaves nothing behind. Proves nothing about speed. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { quickRows } from "../../tools/bench/rows";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { tableRows } from "../unit/docs/markdown";
import { until } from "./support-outcome";

jest.setTimeout(240_000);

const program = resolve(__dirname, "..", "..", "dist", "bench.js");

/** Starts the bench, with the smallest numbers, in a temporary folder of its own. */
function startBench(sandbox: Sandbox, ...parameters: readonly string[]) {
  const temporary = join(sandbox.root, "temporary");
  mkdirSync(temporary);
  const child = spawn(process.execPath, [program, "--small", ...parameters], {
    env: { ...sandbox.environment, GROUNDWORK_HOME: sandbox.home.root, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const ended = once(child, "close").then(([status]) => ({ status: status as number | null, stdout }));
  const left = async () => {
    const containers = await sandbox.podman("ps", "--all", "--quiet", "--filter", `name=bench-${String(child.pid)}-`);
    return { containers, files: readdirSync(temporary).filter((name) => name.startsWith("groundwork-bench-")) };
  };
  return { child, ended, left };
}

describeWithEngine("the bench", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("gives a figure beside a peer's for every row but those of machines, and leaves nothing", async () => {
    const { ended, left } = startBench(sandbox);
    const { status, stdout } = await ended;
    const table = tableRows(stdout);
    const figure = /^[\d.]+(e\+\d+)? (ms|MiB|×)$/;
    const series = /`.+` [\d.]+, [\d.]+ (ms|MiB)/;
    expect(status).toBe(0);
    expect(table.map(([name]) => name)).toEqual(quickRows.map(({ name }) => name));
    for (const [name, , , measured, , ours, beside] of table) {
      expect({ name, measured, ours, beside }).toEqual({
        name,
        measured: expect.stringMatching(figure) as string,
        ours: expect.stringMatching(series) as string,
        beside: expect.stringMatching(series) as string,
      });
    }
    expect(await left()).toEqual({ containers: "", files: [] });
  });

  test("leaves nothing when it is stopped", async () => {
    const { child, ended, left } = startBench(sandbox, "--only", "many-drift");
    await until("there is a container", async () => (await left()).containers !== "");
    child.kill("SIGINT");
    expect((await ended).status).toBe(1);
    expect(await left()).toEqual({ containers: "", files: [] });
  });
});
