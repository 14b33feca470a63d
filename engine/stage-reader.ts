/** Reads the stages that an actuator tells while the engine runs; see host/stages.ts. */

import { closeSync, openSync, readSync, rmSync } from "node:fs";
import type { ToldStage } from "../host/stages";

/** A file that is being read. */
export interface StageReader {
  /** Reads what is left, and removes the file. */
  stop(): void;
}

const intervalMilliseconds = 100;

/** Calls `onStage` with each line that is appended to the file, which need not be there yet. */
export function readStages(file: string, onStage: (stage: ToldStage) => void): StageReader {
  rmSync(file, { force: true });
  let position = 0;
  let rest = "";
  const look = (): void => {
    const bytes = readFrom(file, position);
    position += bytes.length;
    const lines = (rest + bytes.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onStage(JSON.parse(line) as ToldStage);
  };
  const timer = setInterval(look, intervalMilliseconds).unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      rmSync(file, { force: true });
    },
  };
}

function readFrom(file: string, position: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const buffer = Buffer.alloc(64 * 1024);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position));
  } finally {
    closeSync(descriptor);
  }
}
