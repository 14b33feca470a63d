import * as z from "zod";
import { errorObject, worstExitStatus } from "./error-object";
import { nameProject } from "./places";
import { verb } from "./verb";
import { findVanished, removeVanished } from "./vanished";

const finding = z.object({
  directory: z.string(),
  file: z.string(),
  stack: z.string(),
  /** Why it is thought to be vanished. */
  reason: z.enum(["directory missing", "file missing", "out of reach"]),
  /** All that goes, or would go, with it: a sentence each. */
  holds: z.array(z.string()),
  /** `found`: nothing was done. `kept`: it is not removed as long as its disk may be missing. */
  result: z.enum(["found", "kept", "removed", "failed"]),
  error: errorObject.optional(),
});

type Finding = z.infer<typeof finding>;

/** Finds what projects hold whose directory or settings are gone, and with `--force` removes it. */
export const prune = verb({
  name: "prune",
  summary: "show what vanished projects still hold; with --force, remove it",
  input: z.object({
    force: z.boolean().default(false).meta({ description: "remove what was found; there is no way back" }),
  }),
  output: z.object({ forced: z.boolean(), findings: z.array(finding) }),
  changes: true,
  async run({ force }, context) {
    const vanished = await findVanished(context);
    const findings: Finding[] = [];
    for (const one of vanished) {
      const { directory, file, workspace, reason, holds } = one;
      const result = force ? await removeVanished(context, one) : { result: "found" as const };
      findings.push({ directory, file, stack: workspace.stack, reason, holds: [...holds], ...result });
    }
    return { forced: force, findings };
  },
  text({ forced, findings }) {
    if (findings.length === 0) return "No project has vanished; there is nothing to remove.";
    const found = findings.some(({ result }) => result === "found");
    return [
      ...findings.flatMap(describe),
      ...(found && !forced ? ["Run `vagrantp prune --force` to remove it. There is no way back."] : []),
    ].join("\n");
  },
  exitStatus: ({ findings }) => worstExitStatus(findings),
});

const reasons = {
  "directory missing":
    "its directory is gone; if that was moved, or is on a disk that is not mounted, bring it back first",
  "file missing": "its settings file is gone; if that was renamed, bring it back first",
  "out of reach":
    "the folder that its directory was in is gone too, as when a disk is not mounted; make that folder again to let it be removed",
} as const;

const words = {
  found: "would be removed",
  kept: "is kept",
  removed: "is removed",
  failed: "could not be removed",
} as const;

function describe({ reason, holds, result, error, ...project }: Finding): string[] {
  const why = error === undefined ? [] : [`  ${error.message}`, `  ${error.suggestion}`];
  const shown = reason === "out of reach" && result === "found" ? "is kept" : words[result];
  return [`${nameProject(project)} ${shown}: ${reasons[reason]}.`, ...holds.map((one) => `  - ${one}`), ...why];
}
