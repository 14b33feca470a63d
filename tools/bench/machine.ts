/** What the figures were taken on. */

import { arch, availableParallelism, cpus, release, totalmem, type } from "node:os";
import type { SetupRecord } from "../../host/setup-record";

/** One line a fact, as a Markdown list. */
export function describeMachine(setup: SetupRecord, now: Date): string {
  const model = cpus()[0]?.model ?? "unknown processor";
  const facts = {
    Processor: `${model}, ${String(availableParallelism())} cores`,
    Memory: `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`,
    Kernel: `${type()} ${release()} ${arch()}`,
    Node: process.versions.node,
    Pulumi: `${setup.engine.version}, ${setup.engine.origin}; command plugin: ${setup.commandPlugin.origin}`,
    Podman: setup.podman?.version ?? "none",
    Date: now.toISOString().slice(0, 10),
  };
  return Object.entries(facts)
    .map(([name, fact]) => `- ${name}: ${fact}`)
    .join("\n");
}
