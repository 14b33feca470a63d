/** The examples in the documentation are what the code writes of recorded events. */

import { changesReader, driftReader } from "../../../../delivery/changes/changes";
import type { PlanManifest } from "../../../../delivery/plan/manifest";
import { driftIssue, driftMessage } from "../../../../delivery/plan/drift-issue";
import { previewMarker, summaryText } from "../../../../delivery/plan/summary";
import { readText } from "../../docs/markdown";
import { recordedEvents } from "../recordings";

const page = "docs/guides/delivery-texts.md";
const commit = "4f1c2a9be07d4c1f9f2b7c3f0f7d1f0f5b8a6c21";

/** The block of Markdown below a heading. */
function exampleOf(heading: string): string {
  const below = readText(page).split(`## ${heading}\n`)[1] ?? "";
  return /^`{4,}markdown\n(.*?)\n`{4,}$/ms.exec(below)?.[1] ?? "";
}

test("the comment of a preview reads as the page shows it", () => {
  const reader = changesReader();
  recordedEvents("preview-change").forEach((event) => reader.read(event));
  const manifest: PlanManifest = {
    stack: "dev",
    commit,
    createdAt: "2026-11-30T21:00:00.000Z",
    withRefresh: true,
    pulumiVersion: "3.259.0",
    stateHash: "a".repeat(64),
    planHash: `6ed1c0ffee42${"0".repeat(52)}`,
    programHash: "c".repeat(64),
  };
  const text = summaryText(manifest, reader.result(), "", 65_536);
  expect(exampleOf("A preview")).toBe(`${previewMarker("dev")}\n${text}`);
});

test("the issue of drift reads as the page shows it", () => {
  const reader = driftReader();
  recordedEvents("drift").forEach((event) => reader.read(event));
  const run = { commit, actor: "ada", runUrl: "https://github.com/acme/infrastructure/actions/runs/7" };
  const text = driftMessage("dev", reader.result(), run, new Date("2026-11-30T21:17:00Z"));
  expect(exampleOf("Drift")).toBe(`${driftIssue("dev").marker}\n${text}`);
});
