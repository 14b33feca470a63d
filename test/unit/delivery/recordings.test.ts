import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "./recordings/manifest.json";
import { recordingsFolder } from "./recordings";

const recordings = readdirSync(recordingsFolder).filter((name) => name !== "manifest.json");

test("the manifest names every recording, and no other", () => {
  expect(Object.keys(manifest.recordings).sort()).toEqual(recordings.sort());
});

test("the manifest says which program made the recordings, in which version, how and when", () => {
  expect(manifest).toMatchObject({
    program: "pulumi",
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    madeBy: expect.stringContaining("pulumi up") as string,
    date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
  });
});

test.each(recordings)("%s holds no path of the machine it was made on", (name) => {
  expect(readFileSync(join(recordingsFolder, name), "utf8")).not.toMatch(/\/tmp\/|\/root\//);
});
