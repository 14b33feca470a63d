/** What a reviewer reads of a plan. Pure. */

import { changeText, driftText, type Told } from "../changes/change-text";
import { actions, type Action, type Changes } from "../changes/changes";
import { fit, type Part } from "../changes/fit";
import { block, code, counted } from "../changes/markdown";
import type { PlanManifest } from "./manifest";

/** The words for what is done to resources: in the counts, and above their list. */
const words: Readonly<Record<Action, { readonly verb: string; readonly heading: string }>> = {
  replace: { verb: "replaced", heading: "Replaced" },
  delete: { verb: "deleted", heading: "Deleted" },
  update: { verb: "updated", heading: "Updated" },
  import: { verb: "imported", heading: "Imported" },
  create: { verb: "created", heading: "Created" },
};

/** The first line of the comment of a stack's preview, by which it is found again. */
export function previewMarker(stack: string): string {
  return `<!-- groundwork preview ${stack} -->`;
}

/**
 * The summary: counts first, then what is dangerous, then the rest.
 *
 * @param judgement what else is to be read before it is approved, such as what it costs: Markdown, empty for nothing
 * @param limit in characters; what does not fit is told in one line each, or counted
 */
export function summaryText(manifest: PlanManifest, changes: Changes, judgement: string, limit: number): string {
  const head = [`## Preview of ${code(manifest.stack)}`, countsText(changes), dangerText(changes)];
  const tail = [judgement, footer(manifest)];
  const whole = (middle: string) => [...head, middle, ...tail].filter((text) => text !== "").join("\n\n");
  const left = (count: number) => `… and ${counted(count, "more resource")}: the plan's changes.json has them all.`;
  return whole(fit(partsOf(changes), limit - whole("\n\n").length, left));
}

/** The comment of a preview that failed, which takes the place of one that no longer holds. */
export function failureText(stack: string, commit: string, message: string): string {
  const shown = message.length <= 8000 ? message : `${message.slice(0, 8000)}…`;
  return [
    `## Preview of ${code(stack)}: failed`,
    `There is no plan for commit ${code(commit.slice(0, 12))}:`,
    block(shown),
  ].join("\n\n");
}

/** `1 replaced, 2 updated, 14 unchanged`. */
export function countsText({ resources, unchanged }: Changes): string {
  if (resources.length === 0) return `**No changes**; ${unchanged} unchanged.`;
  const counts = actions.flatMap((action) => {
    const count = resources.filter((each) => each.action === action).length;
    return count === 0 ? [] : [`${count} ${words[action].verb}`];
  });
  return `**${counts.join(", ")}**, ${unchanged} unchanged.`;
}

function dangerText({ resources }: Changes): string {
  const lost = resources.filter(({ action }) => action === "replace" || action === "delete");
  if (lost.length === 0) return "";
  return `> [!WARNING]\n> ${counted(lost.length, "resource")} would be removed, or removed and made anew.`;
}

function partsOf({ resources, drift }: Changes): readonly Part[] {
  const ofAction = (action: Action): Part => ({
    heading: words[action].heading,
    items: resources.filter((each) => each.action === action).map(changeText),
  });
  const names = drift.map(({ name }) => code(name)).join(", ");
  const drifted: Told[] = drift.length === 0 ? [] : [{ full: () => driftText(drift), short: names }];
  const behind: Part = { heading: "Not as promised now", items: drifted };
  return [ofAction("replace"), ofAction("delete"), behind, ...actions.slice(2).map(ofAction)];
}

function footer({ commit, createdAt, withRefresh, planHash, pulumiVersion }: PlanManifest): string {
  const looked = withRefresh ? "after a look at what is real" : "without a look at what is real";
  const made = `Made at ${createdAt} from commit ${code(commit.slice(0, 12))}, ${looked}, by Pulumi ${pulumiVersion}`;
  return `${made}; plan ${code(planHash.slice(0, 12))}.`;
}
