/** `bin/platform`: see program.ts. */

import { GroundworkError, messageOf } from "../../settings/errors";
import { platformProgram } from "./program";

platformProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const isOurs = error instanceof GroundworkError;
    process.stderr.write(`${isOurs ? error.toText() : `platform: ${messageOf(error)}`}\n`);
    process.exitCode = isOurs ? error.exitStatus : 1;
  });
