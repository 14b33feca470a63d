/** One thing that `bin/delivery` can do. */

import type { Command } from "commander";
import type { DeliveryContext } from "../context";

/** A verb is declared once, in a file of its own, and listed in index.ts. Every one has `--stack`. */
export interface DeliveryVerb<Options extends object = object> {
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Adds further options, as commander has them. @default there are none */
  declare?(command: Command): void;
  /**
   * @returns the exit status
   * @throws GroundworkError
   */
  run(context: DeliveryContext, options: Options): Promise<number>;
}
