import { FolderStorage } from "../../../../delivery/storage/folder-storage";
import { sha256, type PlanManifest } from "../../../../delivery/plan/manifest";
import { endApply, planKey, readPlanRecord, registerPlan } from "../../../../delivery/plan/plan-records";
import { useTemporaryFolder } from "../../../support/temporary-folder";

const folder = useTemporaryFolder();

function manifest(createdAt: string): PlanManifest {
  const hashes = { stateHash: "2".repeat(64), planHash: "3".repeat(64), programHash: "4".repeat(64) };
  return { stack: "dev", commit: "1".repeat(40), ...hashes, withRefresh: true, createdAt, pulumiVersion: "3.259.0" };
}

const plan = manifest("2026-11-30T12:00:00.000Z");
const storage = () => new FolderStorage(folder());

test("a plan is known once it was registered, by every letter of its manifest", async () => {
  await registerPlan(storage(), plan, "text");
  expect(await readPlanRecord(storage(), plan, sha256("text"))).toEqual({ isKnown: true });
  expect(await readPlanRecord(storage(), plan, sha256("text "))).toEqual({ isKnown: false });
});

test("a manifest whose hash begins alike is another", async () => {
  await registerPlan(storage(), plan, "text");
  const forged = `${sha256("text").slice(0, 16)}${"0".repeat(48)}`;
  expect(await readPlanRecord(storage(), plan, forged)).toEqual({ isKnown: false });
});

test("how an apply ended is remembered", async () => {
  const end = { outcome: "succeeded", at: "2026-11-30T12:30:00Z", actor: "ada" } as const;
  await registerPlan(storage(), plan, "text");
  await endApply(storage(), planKey(plan, sha256("text")), end);
  expect(await readPlanRecord(storage(), plan, sha256("text"))).toEqual({ isKnown: true, ended: end });
});

test("records are kept for thirty days", async () => {
  const old = manifest("2026-10-31T11:59:59.000Z");
  const young = manifest("2026-10-31T12:00:01.000Z");
  await registerPlan(storage(), old, "old");
  await registerPlan(storage(), young, "young");
  await registerPlan(storage(), plan, "text");
  const isKnown = async (one: PlanManifest, text: string) =>
    (await readPlanRecord(storage(), one, sha256(text))).isKnown;
  expect([await isKnown(old, "old"), await isKnown(young, "young"), await isKnown(plan, "text")]).toEqual([
    false,
    true,
    true,
  ]);
});
