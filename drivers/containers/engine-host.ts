/** What the machine has that containers run on, where that is not this one. */

import * as z from "zod";
import type { EngineHost } from "../driver";
import type { ContainerProgram } from "./program";

/** What `info --format json` prints, as far as we read it: Podman says `host`, Docker `MemTotal` and `NCPU`. Bytes. */
const info = z.object({
  host: z.object({ memTotal: z.number(), cpus: z.number() }).optional(),
  MemTotal: z.number().optional(),
  NCPU: z.number().optional(),
});

/** Variables that name a service on another machine; https://docs.podman.io/en/latest/markdown/podman.1.html */
const connections = ["CONTAINER_HOST", "CONTAINER_CONNECTION", "DOCKER_HOST", "DOCKER_CONTEXT"];

/** Whether containers run on another machine than this program: in a virtual one, or behind a connection. */
export function runsElsewhere(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  const isNamed = connections.some(
    (name) => !["", "default"].includes(environment[name] ?? "") && !isLocal(environment[name]),
  );
  return platform !== "linux" || isNamed;
}

function isLocal(connection: string | undefined): boolean {
  return connection?.startsWith("unix:") === true;
}

/** Asks the engine what its machine has. */
export async function askEngineHost(program: ContainerProgram): Promise<EngineHost> {
  return parseEngineHost(await program.run(["info", "--format", "json"]));
}

/**
 * Reads what `info --format json` prints. `memFree` is left aside: it counts pages that hold nothing, and a machine that
 * has read files for a while has hardly any.
 */
export function parseEngineHost(stdout: string): EngineHost {
  const { host, MemTotal, NCPU } = info.parse(JSON.parse(stdout));
  return { totalBytes: host?.memTotal ?? MemTotal ?? 0, cpus: host?.cpus ?? NCPU ?? 0 };
}
