/** Recorded answers of a real podman; `recordings/manifest.json` says how each was made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseInspect, type InspectedContainer } from "../../../drivers/podman/inspect";

export const recordingsFolder = join(__dirname, "recordings");

export function recordingText(name: string): string {
  return readFileSync(join(recordingsFolder, name), "utf8");
}

/** The one container of a recording. */
export function recordedContainer(name: string): InspectedContainer {
  const [container] = parseInspect(recordingText(`${name}.json`));
  if (container === undefined) throw new Error(`the recording ${name} describes no container`);
  return container;
}
