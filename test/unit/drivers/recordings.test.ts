import { readdirSync } from "node:fs";
import manifest from "./recordings/manifest.json";
import { recordingsFolder, recordingText } from "./recordings";

const recordings = readdirSync(recordingsFolder).filter((name) => !["manifest.json", "record.sh"].includes(name));

test("the manifest names every recording, and no other", () => {
  expect(Object.keys(manifest.recordings).sort()).toEqual(recordings.sort());
});

test("the manifest says which program made the recordings, in which version, how and when", () => {
  expect(manifest).toMatchObject({
    program: "podman",
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    madeBy: expect.stringContaining("recordings/record.sh") as string,
    date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
  });
});

test.each(recordings)("%s holds no path of the machine it was made on", (name) => {
  expect(recordingText(name)).not.toMatch(/\/tmp\/|\/var\/lib\/containers|\/home\//);
});
