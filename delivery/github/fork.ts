/** Whether a run is for a pull request of a fork, which gets no secrets. */

import { readFileSync } from "node:fs";
import * as z from "zod";

const event = z.object({
  pull_request: z.object({
    head: z.object({ repo: z.object({ full_name: z.string() }).nullable() }),
    base: z.object({ repo: z.object({ full_name: z.string() }) }),
  }),
});

/** False where the run is of no pull request. A fork that is gone by now was one all the same. */
export function isOfFork(env: NodeJS.ProcessEnv): boolean {
  const file = env["GITHUB_EVENT_PATH"] ?? "";
  if (file === "") return false;
  const read = event.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!read.success) return false;
  const { head, base } = read.data.pull_request;
  return head.repo?.full_name !== base.repo.full_name;
}
