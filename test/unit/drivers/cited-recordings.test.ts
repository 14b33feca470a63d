/** Answers that were not recorded here say whose they are, so that anybody can look them up. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import cloudInit from "./recordings-cloud-init/manifest.json";
import virtualBox from "./recordings-virtualbox/manifest.json";

describe.each([
  ["recordings-cloud-init", cloudInit],
  ["recordings-virtualbox", virtualBox],
] as const)("%s", (folder, manifest) => {
  const origins = Object.entries<string>(manifest.recordings);

  test("are those that the manifest names, and no other", () => {
    const files = readdirSync(join(__dirname, folder)).filter((name) => name !== "manifest.json");
    expect(origins.map(([name]) => name).sort()).toEqual(files.sort());
  });

  test.each(origins)("%s has an origin: a commit, an issue, or a version of the program", (_name, origin) => {
    expect(origin).toMatch(/commit [0-9a-f]{40}|issue \d+|\d+\.\d+\.\d+|^the same/);
  });
});
