/** The recorded events of this folder's tests. */
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { recordedEventsIn } from "../../support/engine-recordings";

export const recordingsFolder = join(__dirname, "recordings");

export function recordedEvents(name: string): EngineEvent[] {
  return recordedEventsIn(recordingsFolder, name);
}
