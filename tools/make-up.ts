/** `make up`: brings the example project up and calls its URL, so that what is printed has answered. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { messageOf } from "../settings/errors";
import type { InstanceReport } from "../settings/instance-report";

const example = join(__dirname, "..", "examples", "hello");
const vagrantp = join("..", "..", "bin", "vagrantp");

/** The program inside needs a moment to listen; one that has not answered by then is broken. */
const answerSeconds = 30;

async function main(): Promise<number> {
  const up = spawnSync(vagrantp, ["up"], { cwd: example, stdio: "inherit" });
  if (up.status !== 0) return up.status ?? 1;
  const url = urlOf(readStatus());
  try {
    await answer(url);
  } catch (error) {
    process.stderr.write(`${url} does not answer within ${answerSeconds} s: ${messageOf(error)}\n`);
    return 1;
  }
  process.stdout.write(`${url} answers\n`);
  return 0;
}

function readStatus(): InstanceReport {
  const { stdout } = spawnSync(vagrantp, ["status", "--json"], {
    cwd: example,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(stdout) as InstanceReport;
}

/** The first port; the example has one, leased on loopback. */
function urlOf({ ports }: InstanceReport): string {
  const [port] = ports;
  if (port === undefined) throw new Error("the example has no port");
  return `http://${port.address}:${port.host}/`;
}

/** Asks until it answers with success. */
async function answer(url: string): Promise<void> {
  const deadline = performance.now() + answerSeconds * 1000;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      if (response.ok) return;
      throw new Error(`status ${response.status}`);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await wait(200);
    }
  }
}

void main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
