/** Verbs that reach into an instance or show what belongs to it, on a podman that stands in. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { VerbContext } from "../../../verbs/verb";
import { useTemporaryHome } from "../../host/temporary-home";
import { wish } from "../host/fixtures";
import { contextIn, exitStatusOf, runVerb, textOf } from "./context";
import { knowInstances } from "./known-instance";

const home = useTemporaryHome();
let context: VerbContext;
beforeEach(() => {
  context = { ...contextIn(home()), capture: true };
});

const knowWeb = (over: { running?: boolean; ports?: ReturnType<typeof wish>[] } = {}) =>
  knowInstances(home(), [{ id: "web", directory: context.directory, ...over }]);

describe.each(["exec", "ssh"])("%s, where the output is part of the result,", (verb) => {
  test("gives the exit code and what the program wrote, by stream", async () => {
    await knowWeb();
    const output = await runVerb(verb, context, { command: ["sh", "-c", "echo out; echo err >&2; exit 42"] });
    expect(output).toEqual({ exitCode: 42, stdout: "out\n", stderr: "err\n" });
  });

  test("has the program's exit status, and no text of its own", async () => {
    await knowWeb();
    const output = await runVerb(verb, context, { command: ["false"] });
    expect([exitStatusOf(verb, output), textOf(verb, output)]).toEqual([1, ""]);
  });

  test("refuses an instance that stands still", async () => {
    await knowWeb({ running: false });
    await expect(runVerb(verb, context, { command: ["true"] })).rejects.toMatchObject({ code: "INFRA_NOT_RUNNING" });
  });
});

describe("exec", () => {
  test("without a program says which verb opens a shell", async () => {
    await expect(runVerb("exec", context)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      suggestion: expect.stringContaining("vagrantp ssh") as string,
    });
  });
});

describe("logs", () => {
  test.each([
    [{}, "logs web"],
    [{ tail: "5", timestamps: true }, "logs --tail 5 --timestamps web"],
    [{ since: "10m" }, "logs --since 10m web"],
  ])("with %j asks for %j", async (input, asked) => {
    await knowWeb({ running: false });
    expect(await runVerb("logs", context, input)).toEqual({
      exitCode: 3,
      stdout: `${asked}\n`,
      stderr: "to standard error\n",
    });
  });

  test("refuses to follow where one object is to be printed at the end", async () => {
    await expect(runVerb("logs", context, { follow: true })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test.each([{ tail: "some" }, { tail: "-1" }, { since: "--all" }])("refuses %j", async (input) => {
    await expect(async () => runVerb("logs", context, input)).rejects.toThrow();
  });
});

describe("ports", () => {
  test("lists what this host serves, with a URL where a browser may understand it", async () => {
    await knowWeb({ ports: [wish(8080), wish(5432, 5432), wish(53, 53, { protocol: "udp", address: "0.0.0.0" })] });
    expect(textOf("ports", await runVerb("ports", context))).toBe(
      [
        "INSIDE    HOST            URL",
        "5432/tcp  127.0.0.1:5432",
        "80/tcp    127.0.0.1:8080  http://127.0.0.1:8080",
        "53/udp    127.0.0.1:53",
      ].join("\n"),
    );
  });

  test("says so where there are none", async () => {
    await knowWeb();
    expect(textOf("ports", await runVerb("ports", context))).toBe("web has no ports.");
  });

  test("has nothing to list for a project that was never brought up", async () => {
    await expect(async () => runVerb("ports", context)).rejects.toMatchObject({ code: "INFRA_NOT_FOUND" });
  });
});

describe("hosts", () => {
  const other = () => join(context.directory, "..", "other");

  beforeEach(() =>
    knowInstances(home(), [
      { id: "web", directory: context.directory, ports: [wish(8080), wish(8081, 81)] },
      { id: "other", directory: other(), ports: [wish(8082, 80, { address: "192.0.2.7" })] },
      { id: "still", directory: join(context.directory, "..", "still"), running: false, ports: [wish(8083)] },
      { id: "quiet", directory: join(context.directory, "..", "quiet") },
    ]),
  );

  test("prints a line for each address of the project's running instance", async () => {
    expect(textOf("hosts", await runVerb("hosts", context))).toBe("127.0.0.1\tweb.local");
  });

  test("prints with --all those of every running instance that has ports", async () => {
    const output = await runVerb("hosts", context, { all: true });
    expect(textOf("hosts", output)).toBe("192.0.2.7\tother.local\n127.0.0.1\tweb.local");
  });
});

describe("status --all", () => {
  beforeEach(async () => {
    const gone = join(context.directory, "..", "gone");
    await knowInstances(home(), [
      { id: "web", directory: context.directory, ports: [wish(8080)] },
      { id: "gone", directory: gone, running: false },
    ]);
  });

  test("tells of every project what it was promised, and which directories are missing", async () => {
    expect(await runVerb("status", context, { all: true })).toMatchObject({
      instances: [
        { id: "gone", state: "stopped", directoryMissing: true, promised: { memoryMiB: 512, cpus: 2 } },
        { id: "web", state: "running", directoryMissing: false, ports: [{ host: 8080, inside: 80 }] },
      ],
      problems: [],
    });
  });

  test("adds the host up: what stands still holds no memory", async () => {
    const { host } = (await runVerb("status", context, { all: true })) as { host: Record<string, number> };
    const { totalMiB = 0, reservedMiB = 0, promisedMiB = 0, freeMiB = 0 } = host;
    expect([promisedMiB, freeMiB]).toEqual([512, totalMiB - reservedMiB - 512]);
  });

  test("is a table for people", async () => {
    const lines = textOf("status", await runVerb("status", context, { all: true })).split("\n");
    expect(lines).toEqual([
      "INSTANCE  STATE    MEMORY MiB  USED  CPUS  USED  PORTS     WHERE",
      expect.stringMatching(/^gone +stopped +512 +- +2 +- +- +\/.*\/gone \(missing\)$/),
      expect.stringMatching(/^web +running +512 +- +2 +- +8080->80 +\/.*\/web$/),
      expect.stringMatching(/^Memory of this host: \d+ MiB = 512 reserved \+ 512 promised \+ \d+ free$/),
      expect.stringContaining("vagrantp prune"),
    ]);
  });

  test("still tells what is promised where the backend cannot be asked", async () => {
    rmSync(join(home().root, "..", "programs", "podman"));
    expect(await runVerb("status", context, { all: true })).toMatchObject({
      instances: [{ state: "unknown" }, { state: "unknown" }],
      problems: [{ code: "PROVIDER_NOT_AVAILABLE" }],
    });
  });
});
