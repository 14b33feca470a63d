/**
 * What `command:local:Command` promises, on the real engine. The suite holds for the official plugin v1.2.1 and for
 * the stand-in alike: GROUNDWORK_COMMAND_PLUGIN names the one under test.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeWithCommandPlugin, type PulumiRun, type PulumiWorkspace } from "../support/pulumi-workspace";
import { asSecret, attempt, linesOf, makeCommandWorkspace, operations, output } from "./command-plugin/scenario";
import { outputsOf, secret, succeed, unknown, type Program } from "./command-plugin/scenario";

jest.setTimeout(120_000);

/** Notes in a file that a command ran, and prints the same. */
const note = (name: string, word: string) => `echo ${word} | tee -a ${name}.log`;

describeWithCommandPlugin("a command's life", () => {
  /** The program as it is made (1) and as it is changed (2). */
  const program = (version: 1 | 2): Program => {
    const environment = { VERSION: `${version}` };
    const triggers = [{ nested: [version] }];
    return {
      commands: {
        created: { args: { create: `${note("created", "made-$VERSION")}; echo oops >&2`, environment } },
        updated: {
          args: {
            create: "echo made; echo warned >&2",
            update: 'echo "out $PULUMI_COMMAND_STDOUT, err $PULUMI_COMMAND_STDERR"',
            environment,
          },
        },
        forgetful: {
          args: {
            create: "echo made",
            update: 'echo "[${PULUMI_COMMAND_STDOUT-unset}]"',
            delete: 'echo "[${PULUMI_COMMAND_STDOUT-unset}]" > forgetful.log',
            addPreviousOutputInEnv: false,
            environment,
          },
        },
        triggered: {
          args: {
            create: note("triggered", "create"),
            update: note("triggered", "update"),
            delete: note("triggered", "delete"),
            triggers,
          },
          options: { deleteBeforeReplace: true },
        },
        deleted: {
          args: {
            create: "true",
            update: "echo updated",
            delete: `echo "delete-${version} $PULUMI_COMMAND_STDOUT in $(basename $PWD) for $NAME" >> ../deleted.log`,
            dir: "sub",
            environment: { NAME: "someone" },
          },
        },
        ignoring: {
          args: { create: note("ignoring", "create"), environment },
          options: { ignoreChanges: ["environment"] },
        },
        bare: { args: { environment } },
        dependent: { args: { create: 'echo "got $FROM"', environment: { FROM: output("created.stdout") } } },
        files: { args: { create: "touch f.txt", assetPaths: ["*.txt"], environment } },
      },
    };
  };

  let workspace: PulumiWorkspace;
  let firstPreview: PulumiRun;
  let ranInPreview: string | undefined;
  let afterCreate: ReturnType<PulumiWorkspace["state"]>;
  let again: PulumiRun;
  let refreshed: PulumiRun;
  let secondPreview: PulumiRun;
  let change: PulumiRun;
  let afterChange: ReturnType<PulumiWorkspace["state"]>;
  let logs: Record<string, string | undefined>;
  let destroyed: PulumiRun;

  beforeAll(async () => {
    workspace = await makeCommandWorkspace();
    mkdirSync(join(workspace.folder, "sub"));
    firstPreview = await succeed(workspace, program(1), "preview");
    ranInPreview = workspace.read("created.log");
    await succeed(workspace, program(1), "up", "--yes", "--skip-preview");
    afterCreate = workspace.state();
    again = await succeed(workspace, program(1), "up", "--yes", "--skip-preview");
    refreshed = await workspace.pulumi("refresh", "--preview-only", "--expect-no-changes");
    secondPreview = await succeed(workspace, program(2), "preview");
    change = await succeed(workspace, program(2), "up", "--yes", "--skip-preview");
    afterChange = workspace.state();
    logs = { created: workspace.read("created.log"), triggered: workspace.read("triggered.log") };
    destroyed = await workspace.pulumi("destroy", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.remove());

  test("a preview of a new command runs nothing", () => expect(ranInPreview).toBeUndefined());

  test("a preview of a new command does not know its outputs", () =>
    expect(outputsOf(firstPreview, "created")).toMatchObject({ stdout: unknown, stderr: unknown }));

  test("a preview takes inputs that are not known yet", () =>
    expect(operations(firstPreview, "dependent")).toEqual(["create"]));

  test("`create` runs, and its output is trimmed of one newline and recorded", () =>
    expect(afterCreate["created"]!.outputs).toMatchObject({ stdout: "made-1", stderr: "oops" }));

  test("the inputs are among the outputs", () =>
    expect(afterCreate["created"]!.outputs).toMatchObject(afterCreate["created"]!.inputs!));

  test("an output of one command is an input of another", () =>
    expect(afterCreate["dependent"]!.outputs).toMatchObject({ stdout: "got made-1" }));

  test("the id is the name and eight hexadecimal digits", () =>
    expect(afterCreate["created"]!.id).toMatch(/^created[0-9a-f]{8}$/));

  test("a command without `create` is recorded with empty outputs", () =>
    expect(afterCreate["bare"]!.outputs).toMatchObject({ stdout: "", stderr: "" }));

  test("unchanged inputs run nothing", () => {
    const names = Object.keys(afterCreate);
    expect(names.flatMap((name) => operations(again, name))).toEqual(names.map(() => "same"));
  });

  test("a refresh finds nothing to change", () => expect(refreshed.exitCode).toBe(0));

  test("a preview of a change runs nothing", () => expect(logs["created"]).toBe("made-1\nmade-2\n"));

  test("a preview of a change does not know the outputs", () =>
    expect(outputsOf(secondPreview, "files")).toMatchObject({ stdout: unknown, stderr: unknown, assets: unknown }));

  test("a changed input without `update` runs `create` again", () =>
    expect(afterChange["created"]!.outputs).toMatchObject({ stdout: "made-2" }));

  test("a changed input is an update, not a replacement", () =>
    expect(operations(change, "created")).toEqual(["update"]));

  test("an update keeps the id", () => expect(afterChange["created"]!.id).toBe(afterCreate["created"]!.id));

  test("`update` runs with the previous output in its environment", () =>
    expect(afterChange["updated"]!.outputs).toMatchObject({ stdout: "out made, err warned", stderr: "" }));

  test("`update` runs without the previous output where addPreviousOutputInEnv is false", () =>
    expect(afterChange["forgetful"]!.outputs).toMatchObject({ stdout: "[unset]" }));

  test("a changed command is an update even if only `delete` changed", () =>
    expect(operations(change, "deleted")).toEqual(["update"]));

  test("a changed trigger replaces, though there is an `update`", () =>
    expect(operations(change, "triggered")).toEqual(["delete-replaced", "replace", "create-replacement"]));

  test("a replacement runs the old `delete` and the new `create`", () =>
    expect(logs["triggered"]).toBe("create\ndelete\ncreate\n"));

  test("a change under ignoreChanges runs nothing", () => expect(operations(change, "ignoring")).toEqual(["same"]));

  test("a change without a command to run is recorded", () =>
    expect(afterChange["bare"]!.outputs).toMatchObject({ environment: { VERSION: "2" }, stdout: "" }));

  test("`delete` runs with the command, environment, folder and output in the state", () =>
    expect(workspace.read("deleted.log")).toBe("delete-2 updated in sub for someone\n"));

  test("`delete` runs without the previous output where addPreviousOutputInEnv is false", () =>
    expect(workspace.read("forgetful.log")).toBe("[unset]\n"));

  test("a command without `delete` is removed and runs nothing", () => {
    expect({ status: destroyed.exitCode, log: workspace.read("created.log") }).toEqual({
      status: 0,
      log: "made-1\nmade-2\n",
    });
  });
});

describeWithCommandPlugin("a command's process", () => {
  const logging = (kind: string) => ({ args: { create: "echo to-out; echo to-err >&2", logging: kind } });
  const makeFiles = "mkdir -p assets/logos src && touch assets/logos/logo.svg src/index.js src/secret.js";
  const patterns = ["assets/**", "src/**.js", "!**secret.*"];
  const program: Program = {
    commands: {
      stdin: { args: { create: "cat", stdin: "first\nsecond" } },
      "no-stdin": { args: { create: "cat" } },
      dir: { args: { create: "basename $PWD", dir: "sub" } },
      "no-dir": { args: { create: "basename $PWD" } },
      environment: { args: { create: 'echo "$GIVEN, ${HOME:+inherited}"', environment: { GIVEN: "a b=c" } } },
      interpreter: { args: { create: "$HOME", interpreter: ["/bin/echo", "given"] } },
      newlines: { args: { create: "printf ' a\\n\\n'" } },
      large: { args: { create: "head -c 300000 /dev/zero | tr '\\0' x", logging: "none" } },
      daemonless: { args: { create: "sleep 0.1 & echo done" } },
      "logs-both": { args: { create: "echo to-out; echo to-err >&2" } },
      "logs-both-named": logging("stdoutAndStderr"),
      "logs-stdout": logging("stdout"),
      "logs-stderr": logging("stderr"),
      "logs-none": logging("none"),
      assets: { args: { create: makeFiles, dir: "files", assetPaths: patterns } },
      archive: { args: { create: "touch b.txt", dir: "more", archivePaths: ["*.txt", "!a*"] } },
      "secret-inputs": {
        args: {
          create: 'cat; echo " $TOKEN"',
          stdin: secret("hidden-in"),
          environment: { TOKEN: secret("hidden-env") },
        },
        options: { additionalSecretOutputs: ["stdout"] },
      },
      "secret-unmarked": {
        args: { create: "echo public", environment: { TOKEN: secret("hidden-env") }, logging: "none" },
      },
    },
  };

  let workspace: PulumiWorkspace;
  let run: PulumiRun;
  let state: ReturnType<PulumiWorkspace["state"]>;
  const stdout = (name: string) => state[name]!.outputs!["stdout"];

  beforeAll(async () => {
    workspace = await makeCommandWorkspace();
    for (const folder of ["sub", "files", "more"]) mkdirSync(join(workspace.folder, folder));
    workspace.write("more/a.txt", "");
    run = await succeed(workspace, program, "up", "--yes", "--skip-preview");
    state = workspace.state();
  });
  afterAll(() => workspace.remove());

  test("gets stdin", () => expect(stdout("stdin")).toBe("first\nsecond"));
  test("gets an empty stdin where none is given", () => expect(stdout("no-stdin")).toBe(""));
  test("runs in dir", () => expect(stdout("dir")).toBe("sub"));
  test("runs in the program's folder where there is no dir", () => expect(stdout("no-dir")).toBe("project"));
  test("gets environment beside what it inherits", () => expect(stdout("environment")).toBe("a b=c, inherited"));
  test("is given to interpreter as its last argument", () => expect(stdout("interpreter")).toBe("given $HOME"));
  test("loses one newline at the end and nothing else", () => expect(stdout("newlines")).toBe(" a\n"));
  test("may print a long line", () => expect(stdout("large")).toHaveLength(300_000));
  test("is waited for until its output is closed", () => expect(stdout("daemonless")).toBe("done"));

  test.each([
    ["logs-both", ["to-out", "to-err"]],
    ["logs-both-named", ["to-out", "to-err"]],
    ["logs-stdout", ["to-out"]],
    ["logs-stderr", ["to-err"]],
    ["logs-none", []],
  ])("%s: logging chooses what is logged", (name, lines) =>
    expect([...linesOf(run, name)].sort()).toEqual([...lines].sort()),
  );

  test("logging does not touch the outputs", () =>
    expect(state["logs-none"]!.outputs).toMatchObject({ stdout: "to-out", stderr: "to-err" }));

  test("assetPaths gives the files that its patterns choose, by their paths in dir", () =>
    expect(Object.keys(state["assets"]!.outputs!["assets"] as object).sort()).toEqual([
      "assets/logos/logo.svg",
      "src/index.js",
    ]));

  test("an asset is a file under dir", () =>
    expect(state["assets"]!.outputs!["assets"]).toMatchObject({ "src/index.js": { path: "files/src/index.js" } }));

  test("archivePaths gives one archive of the files", () =>
    expect(Object.keys((state["archive"]!.outputs!["archive"] as { assets: object }).assets)).toEqual(["b.txt"]));

  test("secret inputs are secret in the state, among inputs and outputs", () => {
    const expected = { stdin: asSecret, environment: { TOKEN: asSecret } };
    expect(state["secret-inputs"]).toMatchObject({ inputs: expected, outputs: expected });
  });

  test("additionalSecretOutputs makes an output secret", () => expect(stdout("secret-inputs")).toEqual(asSecret));

  test("a secret input does not make the output secret", () => expect(stdout("secret-unmarked")).toBe("public"));
});

describeWithCommandPlugin("a failing command", () => {
  const makes: Program = {
    commands: {
      "update-fails": { args: { create: "echo made", update: "echo cannot; exit 4", environment: { V: "1" } } },
      "delete-fails": { args: { create: "echo made", delete: "echo stays >&2; exit 5" } },
    },
  };
  const fails: Program = {
    commands: {
      "update-fails": { args: { ...makes.commands!["update-fails"]!.args, environment: { V: "2" } } },
      "delete-fails": makes.commands!["delete-fails"]!,
      "create-fails": {
        args: {
          create: "echo told-out; echo told-err >&2; exit 3",
          delete: "touch deleted",
          stdin: "not-to-be-shown-1",
          environment: { TOKEN: "not-to-be-shown-2" },
          logging: "none",
        },
      },
      "no-folder": { args: { create: "true", dir: "missing" } },
      "no-program": { args: { create: "true", interpreter: ["/missing/program"] } },
      "too-slow": { args: { create: "exec sleep 60" }, options: { customTimeouts: { create: "1s" } } },
    },
  };
  const wrong = { type: "command:local:Command", args: { create: "touch ran", surplus: "1", assetPaths: "a" } };

  let workspace: PulumiWorkspace;
  let failed: PulumiRun;
  let refused: PulumiRun;
  let state: ReturnType<PulumiWorkspace["state"]>;
  let destroyed: PulumiRun;

  beforeAll(async () => {
    workspace = await makeCommandWorkspace();
    await succeed(workspace, makes, "up", "--yes", "--skip-preview");
    failed = await attempt(workspace, fails, "up", "--yes", "--skip-preview", "--continue-on-error");
    state = workspace.state();
    refused = await attempt(workspace, { others: { wrong } }, "preview");
    destroyed = await workspace.pulumi("destroy", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.remove());

  test("fails the update", () => expect(failed.exitCode).not.toBe(0));
  test("is told with its exit status", () => expect(failed.output).toContain("exit status 3"));
  // The two streams are read side by side, so their lines may change places.
  test("is told with what it printed", () =>
    expect(failed.output).toMatch(/^\s*(told-out\s+told-err|told-err\s+told-out)\s*$/m));
  test("is told without its stdin and environment", () => expect(failed.output).not.toContain("not-to-be-shown"));
  test("is not recorded when it is `create`", () => expect(state).not.toHaveProperty("create-fails"));
  test("is told when it is `update`", () => expect(failed.output).toMatch(/exit status 4[^]*cannot/));

  test("leaves the state as it was when it is `update`", () =>
    expect(state["update-fails"]).toMatchObject({
      inputs: { environment: { V: "1" } },
      outputs: { environment: { V: "1" }, stdout: "made" },
    }));

  test("keeps the resource when it is `delete`", () => expect(workspace.state()).toHaveProperty("delete-fails"));
  test("is told when it is `delete`", () => expect(destroyed.output).toMatch(/exit status 5[^]*stays/));
  test("is one whose folder is missing", () => expect(state).not.toHaveProperty("no-folder"));
  test("is one whose interpreter is missing", () => expect(failed.output).toContain("/missing/program"));
  test("is one that takes longer than its timeout", () => expect(state).not.toHaveProperty("too-slow"));

  test("is not run at all when an input is none of the command's", () =>
    expect(refused.output).toMatch(/property surplus /));

  test("is not run at all when an input is of the wrong type", () =>
    expect(refused.output).toMatch(/property assetPaths /));

  test("with wrong inputs fails the preview", () => expect(refused.exitCode).not.toBe(0));
});

describeWithCommandPlugin("local.run", () => {
  const program: Program = {
    commands: { first: { args: { create: "echo from-first" } } },
    runs: {
      counted: { command: `${note("counted", "ran")}; echo oops >&2` },
      process: {
        command: 'cat; echo " $GIVEN $(basename $PWD)"',
        stdin: "in",
        environment: { GIVEN: "env" },
        dir: "sub",
      },
      interpreter: { command: "text", interpreter: ["/bin/echo", "given"] },
      files: { command: "touch f.txt", dir: "sub", assetPaths: ["*.txt"] },
      late: { command: "touch late.log; cat", stdin: output("first.stdout") },
      hidden: { command: "cat", stdin: secret("hidden-in"), logging: "none" },
    },
  };

  let workspace: PulumiWorkspace;
  let preview: PulumiRun;
  let afterPreview: { counted: string | undefined; late: string | undefined };
  let failed: PulumiRun;
  let outputs: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    workspace = await makeCommandWorkspace();
    mkdirSync(join(workspace.folder, "sub"));
    preview = await succeed(workspace, program, "preview");
    afterPreview = { counted: workspace.read("counted.log"), late: workspace.read("late.log") };
    await succeed(workspace, program, "up", "--yes", "--skip-preview");
    outputs = workspace.outputs();
    const fails = { command: "echo told; exit 3", environment: { TOKEN: "not-to-be-shown" } };
    failed = await attempt(workspace, { runs: { fails } }, "preview");
  });
  afterAll(() => workspace.remove());

  test("runs in a preview", () => expect(afterPreview.counted).toBe("ran\n"));
  test("runs again in the update", () => expect(workspace.read("counted.log")).toBe("ran\nran\n"));
  test("is not run while an argument is not known", () => expect(afterPreview.late).toBeUndefined());
  test("runs when the argument is known", () => expect(outputs["late"]).toMatchObject({ stdout: "from-first" }));
  test("gives trimmed output", () => expect(outputs["counted"]).toMatchObject({ stdout: "ran", stderr: "oops" }));
  test("gets stdin, environment and dir", () => expect(outputs["process"]).toMatchObject({ stdout: "in env sub" }));
  test("takes an interpreter", () => expect(outputs["interpreter"]).toMatchObject({ stdout: "given text" }));
  test("gives assets", () => expect(outputs["files"]).toMatchObject({ assets: ["f.txt"] }));
  test("is secret when an argument is", () => expect(outputs["hidden"]).toEqual(asSecret));
  test("shows no secret", () => expect(preview.output).not.toContain("hidden-in"));
  test("fails the program with its exit status", () => expect(failed.output).toContain("exit status 3"));
  test("fails the program with its output", () => expect(failed.output).toContain("told"));
  test("fails the program without its environment", () => expect(failed.output).not.toContain("not-to-be-shown"));
});
