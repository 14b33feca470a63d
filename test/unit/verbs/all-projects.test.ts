/** Verbs for all projects at once, on programs that stand in. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../../host/ledger";
import type { VerbContext } from "../../../verbs/verb";
import { useTemporaryHome } from "../../host/temporary-home";
import { wish } from "../host/fixtures";
import { contextIn, exitStatusOf, runVerb, textOf } from "./context";
import { changesAsked, knowImage, knowInstances } from "./known-instance";

const home = useTemporaryHome();
let context: VerbContext;
let root: string;

/** A project directory with these settings. */
function project(name: string, ...settings: string[]): string {
  const directory = join(root, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, ".env"), settings.join("\n"));
  return directory;
}

const promised = () => {
  using ledger = Ledger.open(home());
  return ledger.entries().map(({ id }) => id);
};

const errorOf = (code: string) => expect.objectContaining({ code }) as unknown;

beforeEach(() => {
  context = contextIn(home());
  root = join(context.directory, "..");
});

describe("up --all", () => {
  beforeEach(async () => {
    await knowInstances(home(), [
      { id: "broken", directory: project("broken", "MEMORY=few") },
      { id: "engineless", directory: project("engineless", "MEMORY=512") },
      { id: "gone", directory: join(root, "gone") },
      { id: "stopped", directory: project("stopped", "MEMORY=512"), running: false },
    ]);
  });

  test("says of each project what became of it; a failure stops no other", async () => {
    const { projects } = (await runVerb("up", context, { all: true })) as { projects: { directory: string }[] };
    expect(projects.map((one) => ({ ...one, directory: one.directory.slice(root.length + 1) }))).toMatchObject([
      { directory: "broken", result: "failed", error: errorOf("CONFIG_INVALID") },
      { directory: "engineless", result: "failed", error: errorOf("ENGINE_FAILED") },
      { directory: "gone", result: "directory missing" },
      { directory: "stopped", result: "left stopped" },
    ]);
  });

  test("has the exit status of the worst", async () => {
    expect(exitStatusOf("up", await runVerb("up", context, { all: true }))).toBe(2);
  });

  test("shows people why a project failed and what mends it", async () => {
    const text = textOf("up", await runVerb("up", context, { all: true }));
    expect(text).toMatch(/^- +left stopped +- +\/.*\/stopped$/m);
    expect(text).toMatch(/\/broken: .*has one mistake\.\n {2}Correct the lines/);
    expect(text).toContain("vagrantp prune");
  });

  test("does not make a missing directory again", async () => {
    await runVerb("up", context, { all: true });
    expect(readdirSync(root)).not.toContain("gone");
  });

  test("counts the projects as they are done", async () => {
    const told: unknown[] = [];
    await runVerb("up", { ...context, progress: (progress) => told.push(progress) }, { all: true });
    expect(told.at(-1)).toEqual({ message: "bringing projects up", current: 4, total: 4 });
  });
});

test("up --all says so where no project was ever brought up", async () => {
  expect(textOf("up", await runVerb("up", context, { all: true }))).toBe("No project was brought up on this host yet.");
});

describe("prune", () => {
  beforeEach(async () => {
    await knowInstances(home(), [
      { id: "there", directory: project("there", "MEMORY=512") },
      { id: "gone", directory: join(root, "gone"), ports: [wish(8080)] },
      { id: "unset", directory: project("unset") },
      { id: "far", directory: join(root, "disk", "far") },
    ]);
    rmSync(join(root, "unset", ".env"));
  });

  test("shows what vanished projects hold, and why they are thought to be vanished", async () => {
    const output = await runVerb("prune", context);
    expect(output).toMatchObject({
      forced: false,
      findings: [
        { stack: expect.stringMatching(/^far-/) as unknown, reason: "out of reach", result: "found" },
        { stack: expect.stringMatching(/^gone-/) as unknown, reason: "directory missing", result: "found" },
        { stack: expect.stringMatching(/^unset-/) as unknown, reason: "file missing", result: "found" },
      ],
    });
  });

  test("names all that would go: the container, memory, ports, state and key", async () => {
    const text = textOf("prune", await runVerb("prune", context));
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes("/gone would be removed: its directory is gone"));
    expect(lines.slice(at + 1, at + 5)).toEqual([
      "  - the podman container gone (running), with the files written inside",
      "  - the promise of 512 MiB to gone",
      "  - the port 8080/tcp",
      expect.stringMatching(/^ {2}- its Pulumi state and the key of its secrets in .*\/projects\/gone-/),
    ]);
    expect(lines.at(-1)).toMatch(/vagrantp prune --force/);
  });

  test("changes nothing without --force", async () => {
    await runVerb("prune", context);
    expect([promised(), changesAsked(home())]).toEqual([["far", "gone", "there", "unset"], []]);
  });

  test("removes with --force what vanished, and keeps what may be on a missing disk", async () => {
    const output = await runVerb("prune", context, { force: true });
    expect(output).toMatchObject({ findings: [{ result: "kept" }, { result: "removed" }, { result: "removed" }] });
    expect(promised()).toEqual(["far", "there"]);
    expect(readdirSync(home().projectsDirectory)).toEqual([
      expect.stringMatching(/^far-/),
      expect.stringMatching(/^there-/),
    ]);
    expect(changesAsked(home()).filter((call) => /^rm /.test(call) && /of-(far|there)/.test(call))).toEqual([]);
  });

  test("finds nothing new when it is run again", async () => {
    await runVerb("prune", context, { force: true });
    expect(await runVerb("prune", context, { force: true })).toMatchObject({ findings: [{ result: "kept" }] });
  });

  test("names the image that a vanished project left, and removes it with --force", async () => {
    const stack = readdirSync(home().projectsDirectory).find((name) => name.startsWith("gone-"))!;
    const image = "localhost/groundwork/snapshot/gone:20261101t101500000z";
    knowImage(home(), image, stack);
    expect(textOf("prune", await runVerb("prune", context))).toContain(
      `  - the image ${image}, with files written inside an instance`,
    );
    await runVerb("prune", context, { force: true });
    expect(changesAsked(home())).toContain(`rmi id-of-${image}`);
  });

  test("says so where nothing has vanished", async () => {
    for (const name of ["gone", "unset", "disk/far"]) project(name, "MEMORY=512");
    expect(textOf("prune", await runVerb("prune", context))).toBe(
      "No project has vanished; there is nothing to remove.",
    );
  });
});

describe("stop --force", () => {
  beforeEach(async () => {
    await knowInstances(home(), [{ id: "web", directory: context.directory }]);
  });

  test("works where the settings are broken and the engine is missing", async () => {
    project("web", "MEMORY=few");
    rmSync(join(root, "programs", "pulumi"));
    await runVerb("stop", context, { force: true });
    expect(changesAsked(home())).toEqual([expect.stringMatching(/^stop .*--?t(ime)? 0 object-of-web$/)]);
  });

  test("gives the memory back, and records the wish", async () => {
    await runVerb("stop", context, { force: true });
    using ledger = Ledger.open(home());
    expect(ledger.entries()).toMatchObject([{ id: "web", power: "stopped" }]);
    expect(await runVerb("up", context, { all: true })).toMatchObject({ projects: [{ result: "left stopped" }] });
  });
});

test("a plain stop goes past the engine, with time to end, where no `up` has succeeded yet", async () => {
  await knowInstances(home(), [{ id: "web", directory: context.directory }]);
  project("web", "MEMORY=few");
  await runVerb("stop", context);
  expect(changesAsked(home())).toEqual([expect.stringMatching(/^stop .* 10 object-of-web$/)]);
});
