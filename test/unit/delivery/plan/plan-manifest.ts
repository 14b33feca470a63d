/** The manifest of a plan, for tests of what is done with one. */

import type { PlanManifest } from "../../../../delivery/plan/manifest";

export const manifest: PlanManifest = {
  stack: "dev",
  commit: "1".repeat(40),
  stateHash: "2".repeat(64),
  planHash: "3".repeat(64),
  withRefresh: true,
  createdAt: "2026-11-30T12:00:00.000Z",
  programHash: "4".repeat(64),
  pulumiVersion: "3.259.0",
};
