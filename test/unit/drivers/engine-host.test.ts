import { parseEngineHost, runsElsewhere } from "../../../drivers/containers/engine-host";
import { capacityElsewhere } from "../../../host/capacity";

// The words are those of podman 4.3.1 (`podman info --format json` on Linux) and of Docker's API (`docker info`).
test.each([
  ["podman", { host: { memTotal: 8589934592, memFree: 1048576, cpus: 4, serviceIsRemote: true }, store: {} }],
  ["docker", { MemTotal: 8589934592, NCPU: 4, Name: "desktop" }],
])("the machine behind %s is read", (_name, info) => {
  expect(parseEngineHost(JSON.stringify(info))).toEqual({ totalBytes: 8 * 2 ** 30, cpus: 4 });
});

test.each([
  ["linux", {}, false],
  ["darwin", {}, true],
  ["linux", { CONTAINER_HOST: "ssh://core@10.0.0.7/run/podman/podman.sock" }, true],
  ["linux", { DOCKER_HOST: "tcp://10.0.0.7:2376" }, true],
  ["linux", { DOCKER_HOST: "unix:///run/user/1000/docker.sock" }, false],
  ["linux", { DOCKER_CONTEXT: "default", CONTAINER_HOST: "" }, false],
] as const)("on %s with %j containers run elsewhere: %s", (platform, environment, elsewhere) => {
  expect(runsElsewhere(platform, environment)).toBe(elsewhere);
});

test("that machine's memory is what can be promised, unless the settings say otherwise", () => {
  const machine = { totalBytes: 8 * 2 ** 30, cpus: 4 };
  expect(capacityElsewhere(machine)).toEqual({ totalMiB: 8192, availableMiB: 8192, reserveMiB: 512, cpus: 4 });
  expect(capacityElsewhere(machine, { memoryMiB: 1024, reserveMiB: 0 })).toMatchObject({
    totalMiB: 1024,
    reserveMiB: 0,
  });
});
