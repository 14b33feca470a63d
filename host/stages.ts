/**
 * Tells whoever started the engine what is being done inside one step of it.
 *
 * The engine says that an instance is being created, and no more until that has ended. What takes longer (a virtual
 * machine that boots, a playbook's tasks) is told past it: the actuator appends a line for each stage to the file that
 * GROUNDWORK_STAGE_FILE names, and `engine/engine-process.ts` reads it while the engine runs.
 */

import { appendFileSync } from "node:fs";

/** One stage inside a step of the engine. */
export interface ToldStage {
  /** The kind of stage, the same for every project: `boot libvirt instance`. */
  readonly stage: string;
  /** What is being done, for people: `booting web`. */
  readonly message: string;
  /** Steps done. Only together with `total`. @default not known */
  readonly current?: number;
  /** Steps in all. @default not known */
  readonly total?: number;
}

/** Tells a stage. Without the variable, as under plain `pulumi`, nothing is written. */
export function tellStage(stage: ToldStage, environment: NodeJS.ProcessEnv = process.env): void {
  const file = environment["GROUNDWORK_STAGE_FILE"];
  if (file === undefined) return;
  try {
    appendFileSync(file, `${JSON.stringify(stage)}\n`);
  } catch {
    // Progress is no reason to fail.
  }
}
