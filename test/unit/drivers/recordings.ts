/** Recorded answers of real programs; the `manifest.json` beside them says how each was made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseInspect, type InspectedContainer } from "../../../drivers/containers/inspect";

export const recordingsFolder = join(__dirname, "recordings");

export const dockerRecordingsFolder = join(__dirname, "recordings-docker");

export const libvirtRecordingsFolder = join(__dirname, "recordings-libvirt");

export const vagrantRecordingsFolder = join(__dirname, "recordings-vagrant");

/** A recording of podman, or of another folder. */
export function recordingText(name: string, folder = recordingsFolder): string {
  return readFileSync(join(folder, name), "utf8");
}

/** The one container of a recording. */
export function recordedContainer(name: string, folder = recordingsFolder): InspectedContainer {
  const [container] = parseInspect(recordingText(`${name}.json`, folder));
  if (container === undefined) throw new Error(`the recording ${name} describes no container`);
  return container;
}
