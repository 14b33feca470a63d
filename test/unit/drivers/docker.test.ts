/** What differs on Docker: how it is told, and what its answers mean. */

import { createArguments, type ContainerSource } from "../../../drivers/containers/create-arguments";
import { docker } from "../../../drivers/containers/docker";
import { isRunning, readProperties } from "../../../drivers/containers/inspect";
import { programError } from "../../../drivers/containers/program";
import type { ErrorCode } from "../../../settings/errors";
import { dockerRecordingsFolder, recordedContainer, recordingText } from "./recordings";
import { desiredInstance } from "./support";

const source: ContainerSource = {
  base: { id: "sha256:base", command: ["sleep", "infinity"], environment: [], layers: 1, configuration: [] },
  madeFrom: "sha256:base",
  leftoverVariables: [],
  anonymousVolumes: [],
};
const volume = { target: "/srv", readOnly: false };

describe("docker is told", () => {
  test("a directory as a mount, which it refuses where there is none, instead of a volume, which it makes", () => {
    const parameters = createArguments(
      docker,
      desiredInstance({ volumes: [{ ...volume, source: "/srv/site" }] }),
      source,
    );
    expect(parameters).toContain("type=bind,source=/srv/site,target=/srv");
    expect(parameters).not.toContain("--volume");
  });

  test("that a mount is for reading, and a path with a comma or a quote in quotes", () => {
    expect(docker.mountArguments({ source: '/a,"b"', target: "/srv", readOnly: true })).toEqual([
      "--mount",
      'type=bind,"source=/a,""b""",target=/srv,readonly',
    ]);
  });

  test("a named volume as a volume", () => {
    expect(docker.mountArguments({ ...volume, source: "cache" })).toEqual(["--volume", "cache:/srv"]);
  });

  test("an empty value for a variable that is no longer set", () => {
    const parameters = createArguments(docker, desiredInstance(), { ...source, leftoverVariables: ["GONE"] });
    expect(parameters.slice(parameters.indexOf("--env"))).toEqual([
      "--env",
      "GONE=",
      "sha256:base",
      "sleep",
      "infinity",
    ]);
  });

  test("the swap with the memory, which may not exceed it", () => {
    expect(docker.updateArguments({ memoryMiB: 512, cpus: 1.5 })).toEqual([
      ...["--memory", "512m", "--cpus", "1.5"],
      ...["--memory-swap", "1024m"],
    ]);
  });
});

describe("docker's description of a container", () => {
  const context = { limits: () => undefined, digest: (variables: object) => Object.keys(variables).join() };
  const described = (name: string) => recordedContainer(name, dockerRecordingsFolder);

  test("is read in the words of the spec", () => {
    expect(readProperties(described("running"), context)).toEqual({
      exists: true,
      name: "recorded",
      running: true,
      memoryMiB: 512,
      cpus: 1.5,
      diskGiB: 0,
      image: "localhost/groundwork/debian-python:12",
      command: ["sleep", "600"],
      ports: ["0.0.0.0:28110:53/udp", "127.0.0.1:28109:80/tcp"],
      volumes: ["/srv/site:/srv:ro", "recorded-cache:/var/cache/app:rw"],
      network: "bridge",
      ipAddress: "",
      environmentDigest: "GREETING,TOKEN",
      labels: { "groundwork.host": "0123456789ab", "groundwork.stack": "recorded", "groundwork.id": "web" },
    });
  });

  test("shows the limits in force after they were changed", () => {
    expect(readProperties(described("updated"), context)).toMatchObject({ memoryMiB: 640, cpus: 0.75 });
  });

  test("says that a paused container runs; to us it does not", () => {
    expect(isRunning(described("paused"))).toBe(false);
  });
});

describe("docker's own words, recorded, mean", () => {
  const errorOf = (name: string) =>
    programError("docker", ["start"], { exitCode: 1, stdout: "", stderr: recordingText(name, dockerRecordingsFolder) });

  test.each<[recording: string, code: ErrorCode]>([
    ["port-in-use.txt", "PORT_CONFLICT"],
    ["name-in-use.txt", "INFRA_EXISTS"],
    ["image-missing.txt", "CONFIG_INVALID"],
    ["no-registry.txt", "CONFIG_INVALID"],
    ["program-missing.txt", "CONFIG_INVALID"],
    ["mount-missing.txt", "CONFIG_INVALID"],
    ["no-connection.txt", "PROVIDER_NOT_AVAILABLE"],
  ])("%s: %s", (recording, code) => {
    expect(errorOf(recording).code).toBe(code);
  });

  test("the reason of a failed start, and not that it failed", () => {
    expect(errorOf("program-missing.txt").message).toMatch(
      /^docker start failed with status 1: .*"nowhere".* not found/,
    );
  });

  test("what docker can do about an image that is not there", () => {
    expect(errorOf("image-missing.txt").suggestion).toContain("docker pull IMAGE");
  });
});
