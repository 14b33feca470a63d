/** Recorded events of a real engine; `recordings/manifest.json` says how each was made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";

export const recordingsFolder = join(__dirname, "recordings");

export function recordedEvents(name: string): EngineEvent[] {
  const lines = readFileSync(join(recordingsFolder, `${name}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
}
