/** Recorded events of a real engine, in a folder whose `manifest.json` says how each was made. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";

/** The events of one recording of the folder. */
export function recordedEventsIn(folder: string, name: string): EngineEvent[] {
  const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
}

/** Tests that the folder's manifest tells of each recording. @param command that they were made by */
export function testRecordings(folder: string, command: string): void {
  const recordings = readdirSync(folder).filter((name) => name !== "manifest.json");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { recordings: object };

  test("the manifest names every recording, and no other", () => {
    expect(Object.keys(manifest.recordings).sort()).toEqual(recordings.sort());
  });

  test("the manifest says which program made the recordings, in which version, how and when", () => {
    expect(manifest).toMatchObject({
      program: "pulumi",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      madeBy: expect.stringContaining(command) as string,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
    });
  });

  test.each(recordings)("%s holds no path of the machine it was made on", (name) => {
    expect(readFileSync(join(folder, name), "utf8")).not.toMatch(/\/tmp\/|\/root\//);
  });
}
