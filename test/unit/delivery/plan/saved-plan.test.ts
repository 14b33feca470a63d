import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../../delivery/plan/manifest";
import { programHash } from "../../../../delivery/plan/program-hash";
import { beginPlan, completePlan, engineVersionOf, readSavedPlan } from "../../../../delivery/plan/saved-plan";
import { useTemporaryFolder } from "../../../support/temporary-folder";
import { manifest } from "./plan-manifest";

const folder = useTemporaryFolder();
const none = { resources: [], drift: [], unchanged: 0 };

test("a plan is read as it was written, with the hashes of its files as they are", () => {
  writeFileSync(beginPlan(folder()), "{}");
  const text = completePlan(folder(), manifest, none, "summary");
  expect(readSavedPlan(folder())).toEqual({
    file: join(folder(), "plan.json"),
    manifest,
    manifestHash: sha256(text),
    planHash: sha256("{}"),
  });
});

test("a folder that a new plan is begun in holds none any more", () => {
  writeFileSync(beginPlan(folder()), "{}");
  completePlan(folder(), manifest, none, "summary");
  writeFileSync(beginPlan(folder()), "{}");
  expect(() => readSavedPlan(folder())).toThrow(`There is no complete plan in ${folder()}.`);
});

test.each([
  ["is not JSON", "{"],
  ["has a key that is not ours", JSON.stringify({ ...manifest, force: true })],
  ["has a hash that is none", JSON.stringify({ ...manifest, planHash: "" })],
])("a manifest that %s is refused", (_, text) => {
  writeFileSync(beginPlan(folder()), "{}");
  writeFileSync(join(folder(), "manifest.json"), text);
  expect(() => readSavedPlan(folder())).toThrow(expect.objectContaining({ code: "PLAN_REFUSED" }) as Error);
});

test("the engine's version is that of the plan", () => {
  expect(engineVersionOf(Buffer.from('{"manifest":{"version":"v3.259.0"}}'))).toBe("3.259.0");
});

test("the program's hash is the same for the same sources, whenever they were copied", () => {
  const hashOf = (name: string, stamp: object) => {
    const dist = join(folder(), name, "dist");
    mkdirSync(dist, { recursive: true });
    writeFileSync(join(dist, "stamp.json"), JSON.stringify(stamp));
    return programHash(join(folder(), name));
  };
  const one = hashOf("one", { "index.ts": [10, 1.5, "a"] });
  expect(hashOf("copied", { "index.ts": [10, 2.5, "a"] })).toBe(one);
  expect(hashOf("changed", { "index.ts": [10, 1.5, "b"] })).not.toBe(one);
});
