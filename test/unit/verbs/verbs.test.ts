import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../../host/ledger";
import { toStackInstance } from "../../../settings/describe";
import { readProject } from "../../../settings/project";
import type { VerbContext } from "../../../verbs/verb";
import { useTemporaryHome } from "../../host/temporary-home";
import { contextIn, emptyPodman, exitStatusOf, runVerb, setUp, textOf } from "./context";

const home = useTemporaryHome();
let context: VerbContext;
beforeEach(() => {
  context = contextIn(home());
});

const envFile = () => join(context.directory, ".env");
const settings = (...lines: string[]) => {
  writeFileSync(envFile(), lines.join("\n"));
};

describe("a project that was never brought up", () => {
  test("has a status: what it would be", async () => {
    settings("MEMORY=512");
    expect(await runVerb("status", context)).toMatchObject({ id: "web", state: "not_created", ports: [], login: [] });
  });

  test("and holds no settings has no status, but the way to some", async () => {
    await expect(runVerb("status", context)).rejects.toMatchObject({ code: "CONFIG_MISSING", exitStatus: 2 });
  });

  test("has nothing to remove, which is no error", async () => {
    const output = await runVerb("rm", context);
    expect([output, textOf("rm", output)]).toEqual([{ removed: false }, "There is nothing to remove."]);
  });

  test.each(["stop", "ssh"])("cannot be used by %s", async (verb) => {
    settings("MEMORY=512");
    await expect(runVerb(verb, context)).rejects.toMatchObject({ code: "INFRA_NOT_FOUND", exitStatus: 1 });
  });

  test.each(["drift", "env"])("cannot be used by %s", async (verb) => {
    setUp(home());
    await expect(runVerb(verb, context)).rejects.toMatchObject({ code: "INFRA_NOT_FOUND", exitStatus: 1 });
  });

  test.each(["status", "rm", "stop", "ssh", "drift", "validate"])("is left as it was by %s", async (verb) => {
    settings("MEMORY=512");
    setUp(home());
    const before = readdirSync(home().root);
    await runVerb(verb, context).catch(() => undefined);
    expect(readdirSync(home().root)).toEqual(before);
  });

  test("would be created, says a preview, which promises nothing", async () => {
    settings("MEMORY=512", "PORTS=auto:80");
    setUp(home(), { podman: emptyPodman });
    const output = await runVerb("preview", context);
    using ledger = Ledger.open(home());
    expect([output, ledger.entries(), existsSync(home().projectsDirectory)]).toEqual([
      { id: "web", change: "create", properties: [] },
      [],
      false,
    ]);
  });
});

describe("a host that is not set up", () => {
  test("is what doctor finds, with the command that sets it up", async () => {
    const output = await runVerb("doctor", context);
    expect([textOf("doctor", output), exitStatusOf("doctor", output)]).toEqual([
      "FAIL set-up: it has not run on this host\n     Run `make setup` in /opt/groundwork.",
      5,
    ]);
  });
});

describe("a host that is set up", () => {
  test("is all right where Podman answers", async () => {
    setUp(home(), { podman: "echo answer" });
    const output = await runVerb("doctor", context);
    expect([output, exitStatusOf("doctor", output)]).toMatchObject([{ ok: true }, 0]);
  });

  test("is told what to run where Podman fails", async () => {
    setUp(home(), { podman: "echo 'Error: broken' >&2; exit 125" });
    const output = await runVerb("doctor", context);
    expect([textOf("doctor", output), exitStatusOf("doctor", output)]).toEqual([
      expect.stringContaining("FAIL Podman: Error: broken\n     Install Podman"),
      5,
    ]);
  });
});

describe("a first up that fails", () => {
  const failing = `case $1 in
    stack) echo 'error: the cause' >&2;;
    *) echo 'error: no stack named web' >&2;;
  esac
  exit 1`;

  // Undoing fails too, because there is no stack yet, and its error takes the place of the cause.
  test("says why it failed, though undoing it fails too", async () => {
    settings("MEMORY=512");
    setUp(home(), { podman: emptyPodman, pulumi: failing });
    await expect(runVerb("up", context)).rejects.toMatchObject({ message: "the cause" });
  });

  test("leaves no workspace", async () => {
    settings("MEMORY=512");
    setUp(home(), { podman: emptyPodman, pulumi: failing });
    await expect(runVerb("up", context)).rejects.toThrow();
    expect(readdirSync(home().projectsDirectory)).toEqual([]);
  });

  test("is not begun where the host cannot give what is asked", async () => {
    settings("MEMORY=16000000");
    setUp(home(), { podman: emptyPodman });
    await expect(runVerb("up", context)).rejects.toMatchObject({ code: "INSUFFICIENT_RESOURCES", exitStatus: 4 });
    expect(existsSync(home().projectsDirectory)).toBe(false);
  });

  test("is not begun where set-up has not run", async () => {
    settings("MEMORY=512");
    setUp(home(), { podman: emptyPodman });
    rmSync(home().setupFile);
    await expect(runVerb("up", context)).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE", exitStatus: 5 });
  });
});

describe("init", () => {
  test("writes settings that are valid as they are", async () => {
    await runVerb("init", context);
    expect(
      readProject(context.directory, { hostDefaults: { image: "localhost/image:1", box: "groundwork/box" } }).spec.id,
    ).toBe("web");
  });

  test("says where they are, and what comes next", async () => {
    const output = await runVerb("init", context);
    expect(textOf("init", output)).toBe(`Wrote ${envFile()}. Edit it, then run \`vagrantp up\`.`);
  });

  test("overwrites nothing", async () => {
    settings("MEMORY=512");
    await expect(runVerb("init", context)).rejects.toMatchObject({ code: "CONFIG_INVALID", exitStatus: 2 });
    expect(readFileSync(envFile(), "utf8")).toBe("MEMORY=512");
  });

  test("writes another file where one is named", async () => {
    expect(await runVerb("init", context, { file: "web.env" })).toMatchObject({
      wrote: join(context.directory, "web.env"),
    });
  });

  test("says why a file cannot be written", async () => {
    await expect(async () => runVerb("init", context, { file: "nowhere/web.env" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

describe("init into a stack", () => {
  let installation: string;
  const file = () => join(installation, "Pulumi.dev.yaml");

  beforeEach(() => {
    installation = join(context.directory, "..", "installation");
    mkdirSync(installation);
    context = { ...context, installation: { directory: installation, version: "1.2.3" } };
    settings("MEMORY=512");
    setUp(home());
  });

  test.each(["../dev", "a/b", "", "-h", "x y"])("refuses %j, which is no name of a stack", async (stack) => {
    await expect(async () => runVerb("init", context, { stack })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("leaves a stack of another kind as it is", async () => {
    writeFileSync(file(), "config:\n  groundwork:kind: platform\n");
    await expect(async () => runVerb("init", context, { stack: "dev" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    expect(readFileSync(file(), "utf8")).toBe("config:\n  groundwork:kind: platform\n");
  });

  test("goes on with its own entry, where a run before it was cut off", async () => {
    setUp(home(), { pulumi: "echo 'error: the engine was asked' >&2; exit 1" });
    const { instance } = toStackInstance(
      readProject(context.directory, { hostDefaults: { image: "localhost/image:1", box: "groundwork/box" } }).spec,
    );
    const config = { "groundwork:kind": "instances", "groundwork:instances": { web: instance } };
    writeFileSync(file(), JSON.stringify({ config }));
    await expect(async () => runVerb("init", context, { stack: "dev" })).rejects.toThrow("the engine was asked");
  });

  test("overwrites no instance of the same id", async () => {
    const before = "config:\n  groundwork:kind: instances\n  groundwork:instances:\n    web:\n      memory: 1g\n";
    writeFileSync(file(), before);
    await expect(async () => runVerb("init", context, { stack: "dev" })).rejects.toMatchObject({
      code: "INFRA_EXISTS",
      exitStatus: 3,
    });
    expect(readFileSync(file(), "utf8")).toBe(before);
  });
});

describe("validate", () => {
  test("shows what the settings mean", async () => {
    settings("MEMORY=1g", "PORTS=auto:80,0.0.0.0:53:53/udp", "COMMAND=sleep infinity");
    expect(await runVerb("validate", context)).toMatchObject({
      id: "web",
      memoryMiB: 1024,
      command: ["sleep", "infinity"],
      ports: ["127.0.0.1:auto:80/tcp", "0.0.0.0:53:53/udp"],
    });
  });

  test("names variables, and shows no value", async () => {
    settings("MEMORY=512", "ENV_TOKEN=s3cret");
    const output = await runVerb("validate", context);
    const shown = `${JSON.stringify(output)}${textOf("validate", output)}`;
    expect([shown.includes("TOKEN"), shown.includes("s3cret")]).toEqual([true, false]);
  });
});
