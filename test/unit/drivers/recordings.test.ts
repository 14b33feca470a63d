import { readdirSync } from "node:fs";
import docker from "./recordings-docker/manifest.json";
import libvirt from "./recordings-libvirt/manifest.json";
import vagrant from "./recordings-vagrant/manifest.json";
import podman from "./recordings/manifest.json";
import {
  dockerRecordingsFolder,
  libvirtRecordingsFolder,
  recordingsFolder,
  recordingText,
  vagrantRecordingsFolder,
} from "./recordings";

describe.each([
  ["podman", podman, recordingsFolder],
  ["docker", docker, dockerRecordingsFolder],
  ["virsh", libvirt, libvirtRecordingsFolder],
  ["vagrant", vagrant, vagrantRecordingsFolder],
] as const)("the recordings of %s", (program, manifest, folder) => {
  const recordings = readdirSync(folder).filter((name) => !["manifest.json", "record.sh"].includes(name));

  test("are those that the manifest names, and no other", () => {
    expect(Object.keys(manifest.recordings).sort()).toEqual(recordings.sort());
  });

  test("were made as the manifest says: by which program, in which version, how and when", () => {
    expect(manifest).toMatchObject({
      program,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      madeBy: expect.stringMatching(/recordings[^/]*\/record\.sh$/) as string,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
    });
  });

  test.each(recordings)("%s holds no path of the machine it was made on", (name) => {
    expect(recordingText(name, folder)).not.toMatch(/\/tmp\/|\/var\/lib\/(containers|docker)\/|\/home\//);
  });
});
