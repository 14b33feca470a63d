/** Where a run tells what it does and what came of it. */

import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import type { DeliveryContext } from "./context";

/** The ways to tell of a verb's context. */
export type Report = Pick<DeliveryContext, "say" | "show" | "output">;

/**
 * Progress to standard error, results to standard output; in GitHub Actions also to the files that the runner names.
 *
 * @param env @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function openReport(env: NodeJS.ProcessEnv = process.env): Report {
  const { GITHUB_STEP_SUMMARY: summary = "", GITHUB_OUTPUT: outputs = "" } = env;
  return {
    say: (line) => void process.stderr.write(`${line}\n`),
    show(markdown) {
      process.stdout.write(`${markdown}\n`);
      if (summary !== "") appendFileSync(summary, `${markdown}\n`);
    },
    output(name, value) {
      // Nobody can write a line that ends the value: its end is a fresh one.
      const end = randomUUID();
      if (outputs !== "") appendFileSync(outputs, `${name}<<${end}\n${value}\n${end}\n`);
    },
  };
}
