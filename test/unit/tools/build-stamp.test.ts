import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroundworkError } from "../../../settings/errors";
import { assertBuildIsCurrent, createStamp, findStaleSource } from "../../../tools/build-stamp";

describe("the stamp of a build", () => {
  let root: string;
  let dist: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "build stamp 'ü-"));
    dist = join(root, "dist");
    mkdirSync(dist);
    writeFileSync(join(root, "a.ts"), "first");
    writeFileSync(join(root, "b.ts"), "second");
    writeFileSync(join(dist, "stamp.json"), JSON.stringify(createStamp(root, ["a.ts", "b.ts"])));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test("is current when no source changed", () => {
    expect(findStaleSource(dist)).toBeUndefined();
  });

  test("names a source of the same size whose contents changed", () => {
    writeFileSync(join(root, "b.ts"), "SECOND");
    utimesSync(join(root, "b.ts"), 1, 1);
    expect(findStaleSource(dist)).toBe("b.ts");
  });

  test("names a source that is gone", () => {
    rmSync(join(root, "a.ts"));
    expect(findStaleSource(dist)).toBe("a.ts");
  });

  test("takes a file with another time and the same contents for unchanged", () => {
    utimesSync(join(root, "a.ts"), 1, 1);
    expect(statSync(join(root, "a.ts")).mtimeMs).toBe(1000);
    expect(findStaleSource(dist)).toBeUndefined();
  });

  test("is stale without a stamp", () => {
    rmSync(join(dist, "stamp.json"));
    expect(findStaleSource(dist)).toBe("dist/stamp.json");
  });

  test("refuses with the file and the command that rebuilds", () => {
    writeFileSync(join(root, "a.ts"), "changed");
    const refused = jest.fn(() => assertBuildIsCurrent(dist));
    expect(refused).toThrow(GroundworkError);
    expect(refused.mock.results[0]?.value).toMatchObject({
      code: "ENGINE_FAILED",
      message: "The built program is older than its sources: a.ts changed.",
      suggestion: `Run \`make build\` in ${root}.`,
    });
  });
});
