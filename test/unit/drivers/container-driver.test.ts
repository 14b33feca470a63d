import { createDriver } from "../../../drivers";
import type { Target } from "../../../drivers/driver";
import { ownerLabels } from "../../../settings/instance-properties";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakePodman, type FakeAnswer } from "./fake-podman";
import { recordingText } from "./recordings";
import { desiredInstance, identity } from "./support";

const folder = useTemporaryFolder();

function driverOn(answer: FakeAnswer) {
  const podman = fakePodman(folder(), answer);
  return { podman, driver: createDriver("podman", { paths: { podman: podman.path }, digest: () => "digest" }) };
}

/** What podman prints of a recorded container, under another name and with other labels. */
function described(recording: string, name: string, labels: Record<string, string> | null): string {
  const [container] = JSON.parse(recordingText(recording)) as { Config: object }[];
  return JSON.stringify([{ ...container, Name: name, Config: { ...container?.Config, Labels: labels } }]);
}

const ours = (recording: string) => described(recording, identity.name, { ...ownerLabels(identity) });
const byHand = (name: string) => described("by-hand.json", name, null);

describe("observing", () => {
  test("asks podman once for all targets", async () => {
    const { driver, podman } = driverOn({ stdout: "[]", stderr: recordingText("one-missing.txt"), status: 125 });
    const targets: Target[] = Array.from({ length: 50 }, (_, at) => ({ ...identity, name: `web-${String(at)}` }));
    await driver.observe(targets);
    expect(podman.calls()).toHaveLength(1);
  });

  test("answers in the order of the targets", async () => {
    const { driver } = driverOn({ stdout: byHand("there") });
    const targets = ["gone", "there", "also-gone"].map((name) => ({ ...identity, name }));
    const states = (await driver.observe(targets)).map(({ state }) => state);
    expect(states).toEqual(["absent", "foreign", "absent"]);
  });

  test("says whose another's container is", async () => {
    const { driver } = driverOn({ stdout: byHand(identity.name) });
    const [observation] = await driver.observe([identity]);
    expect(observation).toMatchObject({
      state: "foreign",
      description: expect.stringContaining("Groundwork did not make it") as string,
    });
  });

  test("shows what our container is really like", async () => {
    const { driver } = driverOn({ stdout: ours("by-hand.json") });
    const [observation] = await driver.observe([identity]);
    expect(observation).toMatchObject({
      state: "present",
      properties: { exists: true, command: ["sleep", "infinity"] },
    });
  });
});

describe("a foreign container under our name", () => {
  test("stops a change with INFRA_EXISTS, exit 3, which names it", async () => {
    const { driver } = driverOn({ stdout: byHand(identity.name) });
    await expect(driver.ensure(desiredInstance(), undefined)).rejects.toMatchObject({
      code: "INFRA_EXISTS",
      exitStatus: 3,
      message: expect.stringMatching(/^web: a container named "web-1a2b3c" .* it was left untouched$/) as string,
    });
  });

  test("is only looked at by a change", async () => {
    const { driver, podman } = driverOn({ stdout: byHand(identity.name) });
    await driver.ensure(desiredInstance(), undefined).catch(() => undefined);
    const looks = podman.calls().map((parameters) => parameters.slice(0, parameters.indexOf("inspect") + 1).join(" "));
    expect(looks.sort()).toEqual(["inspect", "network inspect"]);
  });

  test("is not removed", async () => {
    const { driver, podman } = driverOn({ stdout: byHand(identity.name) });
    await driver.remove(identity);
    expect(podman.calls().map(([first]) => first)).not.toContain("rm");
  });

  test("is not stopped", async () => {
    const { driver, podman } = driverOn({ stdout: byHand(identity.name) });
    await driver.stop(identity, true);
    expect(podman.calls()).toHaveLength(1);
  });
});

describe("stopping", () => {
  test.each([
    ["gives the program 10 seconds", true, "10"],
    ["at once gives it none", false, "0"],
  ])("%s", async (_what, graceful, seconds) => {
    const { driver, podman } = driverOn({ stdout: ours("by-hand.json") });
    await driver.stop(identity, graceful);
    expect(podman.calls()[1]?.slice(0, 3)).toEqual(["stop", "-t", seconds]);
  });
});

test("stopping what stands still already changes nothing", async () => {
  const { driver, podman } = driverOn({ stdout: ours("stopped.json") });
  await driver.stop(identity, true);
  expect(podman.calls()).toHaveLength(1);
});

// A paused container holds its ports and its memory, and podman 4.3.1 refuses to stop it: unpause it first, or kill it.
test("stopping a paused container does something", async () => {
  const { driver, podman } = driverOn({ stdout: ours("paused.json") });
  await driver.stop(identity, false);
  expect(podman.calls().length).toBeGreaterThan(1);
});

describe("a program inside", () => {
  test("is run as it was given, at a terminal where there is one", () => {
    const { driver, podman } = driverOn({});
    expect(driver.execCommand(identity, ["ls", "-la", "a b"], true)).toEqual([
      ...[podman.path, "exec", "--interactive", "--tty"],
      ...["web-1a2b3c", "ls", "-la", "a b"],
    ]);
  });

  test("gets no terminal where there is none", () => {
    const { driver } = driverOn({});
    expect(driver.execCommand(identity, ["ls"], false)).not.toContain("--tty");
  });

  test("is a login shell where none is named", () => {
    const { driver } = driverOn({});
    expect(driver.execCommand(identity, [], true).slice(-3, -1)).toEqual(["sh", "-c"]);
  });
});

describe("the log", () => {
  test("is printed whole and once where nothing else is asked", () => {
    const { driver, podman } = driverOn({});
    const options = { follow: false, timestamps: false };
    expect(driver.logsCommand(identity, options)).toEqual([podman.path, "logs", "web-1a2b3c"]);
  });

  test("is printed as it is asked for", () => {
    const { driver } = driverOn({});
    const options = { follow: true, tail: 5, since: "10m", timestamps: true };
    const [, ...parameters] = driver.logsCommand(identity, options);
    expect(parameters).toEqual(["logs", "--follow", "--tail", "5", "--since", "10m", "--timestamps", "web-1a2b3c"]);
  });
});

describe("what is used", () => {
  test("is not known of what does not run", async () => {
    const { driver } = driverOn({ stdout: ours("stopped.json") });
    expect(await driver.observe([identity], { usage: true })).toEqual(await driver.observe([identity]));
  });

  test("is not known of another's container", async () => {
    const { driver } = driverOn({ stdout: byHand(identity.name) });
    expect(await driver.observe([identity], { usage: true })).toEqual([
      expect.not.objectContaining({ usage: expect.anything() as unknown }),
    ]);
  });
});
