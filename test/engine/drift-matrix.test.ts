/** Every drift that a person can make with podman is seen, named and repaired, with our tool and without it. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeProjectWorkspace, projectWorkspace } from "../../engine/workspace";
import { setStackConfig } from "../../engine/stack-config";
import { findInstallation } from "../../engine/installation";
import { Ledger } from "../../host/ledger";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, hostSetup, Sandbox, type Ended } from "../support/sandbox";
import { makeAgain, makeImage, tokenLine, tokenValue, withOption, withoutOption } from "./support-by-hand";
import { freePort } from "../support/free-port";
import { expectExit, saidBy, stackTrace } from "./support-outcome";
import { WrappedPodman } from "./support-podman";

jest.setTimeout(240_000);

/** An instance that a drift is done to. */
interface Place {
  readonly sandbox: Sandbox;
  readonly name: string;
  /** A second image on this host. */
  readonly otherImage: string;
}

/** One drift: what a person does, and the properties that it changes with their real values. */
interface Drift {
  readonly what: string;
  readonly properties: readonly string[];
  readonly real: (place: Place) => unknown;
  readonly make: (place: Place) => Promise<unknown>;
}

const drifts: readonly Drift[] = [
  {
    what: "the container is removed",
    properties: ["exists", "running"],
    real: () => false,
    make: ({ sandbox, name }) => sandbox.podman("rm", "--force", "--time", "0", name),
  },
  {
    what: "the container is stopped",
    properties: ["running"],
    real: () => false,
    make: ({ sandbox, name }) => sandbox.podman("stop", "--time", "0", name),
  },
  {
    what: "the container is paused",
    properties: ["running"],
    real: () => false,
    make: ({ sandbox, name }) => sandbox.podman("pause", name),
  },
  {
    what: "its memory is changed",
    properties: ["memoryMiB"],
    real: () => 700,
    make: ({ sandbox, name }) => sandbox.podman("update", "--memory", "700m", name),
  },
  {
    what: "its CPUs are changed",
    properties: ["cpus"],
    real: () => 1.5,
    make: ({ sandbox, name }) => sandbox.podman("update", "--cpus", "1.5", name),
  },
  {
    what: "the container is renamed",
    properties: ["name"],
    real: ({ name }) => `${name}-renamed`,
    make: ({ sandbox, name }) => sandbox.podman("rename", name, `${name}-renamed`),
  },
  {
    what: "it is made again with another port inside",
    properties: ["ports"],
    real: () => [expect.stringMatching(/^127\.0\.0\.1:\d+:81\/tcp$/) as string],
    make: async ({ sandbox, name }) => {
      const port = (await sandbox.podman("port", name)).replace(/^.*:/, "");
      return makeAgain(sandbox, name, withOption("--publish", "", `127.0.0.1:${port}:81/tcp`));
    },
  },
  {
    what: "it is made again from another image",
    properties: ["image"],
    real: ({ otherImage }) => otherImage,
    make: async ({ sandbox, name, otherImage }) => {
      const image = await sandbox.podman("inspect", "--format", "{{.Image}}", name);
      return makeAgain(sandbox, name, (given) => given.map((each) => (each === image ? otherImage : each)));
    },
  },
  {
    what: "it is made again without its volume",
    properties: ["volumes"],
    real: () => [],
    make: ({ sandbox, name }) => makeAgain(sandbox, name, withoutOption("--volume", "")),
  },
  {
    what: "it is made again without a variable",
    properties: ["environmentDigest"],
    real: () => expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    make: ({ sandbox, name }) => makeAgain(sandbox, name, withoutVariable),
  },
  {
    what: "our label is changed",
    properties: ["labels"],
    real: ({ name }) =>
      expect.objectContaining({ "groundwork.stack": "someone-elses", "groundwork.id": idOf(name) }) as object,
    make: changeLabel,
  },
];

/** A layer made from the instance carries its variables, so that the variable must be unset and not left out. */
function withoutVariable(parameters: readonly string[]): readonly string[] {
  return withOption("--env", "TOKEN=", "TOKEN")(parameters).map((each) => (each === "--env" ? "--unsetenv" : each));
}

/**
 * Podman cannot change the label of a container that exists. A container with another label whose
 * id is written into the ledger as the recorded object stands for one whose label was changed.
 */
async function changeLabel({ sandbox, name }: Place): Promise<void> {
  const stack = await sandbox.podman("inspect", "--format", '{{index .Config.Labels "groundwork.stack"}}', name);
  const changed = withOption("--label", "groundwork.stack=", "groundwork.stack=someone-elses");
  const id = await makeAgain(sandbox, name, changed);
  using ledger = Ledger.open(sandbox.home);
  ledger.recordObject({ stack, id: idOf(name), backend: "podman" }, id);
}

/** The name without its hash. */
function idOf(name: string): string {
  return name.replace(/-[0-9a-f]{6}$/, "");
}

const settings = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity", "VOLUMES=./files:/srv", tokenLine];

const checkOnly = ["refresh", "--preview-only", "--expect-no-changes", "--diff"];

interface DriftOutput {
  readonly drift: boolean;
  readonly instances: readonly {
    readonly id: string;
    readonly properties: readonly { readonly property: string; readonly promised: unknown; readonly real: unknown }[];
  }[];
}

describeWithEngine("drift made with podman", () => {
  let place: Place;
  let web: string;

  beforeAll(async () => {
    const sandbox = new Sandbox();
    web = sandbox.project("web", [...settings, `PORTS=${await freePort()}:80`]);
    mkdirSync(join(web, "files"));
    const otherImage = `localhost/groundwork-test/${sandbox.root.replace(/.*-/, "").toLowerCase()}:latest`;
    place = { sandbox, name: "", otherImage };
    await makeImage(sandbox, hostSetup!.image.name, otherImage);
    const { instance } = await sandbox.vagrantpJson<{ instance: InstanceReport }>(web, "up");
    place = { sandbox, name: instance.name, otherImage };
  });
  afterAll(async () => {
    const { sandbox, name, otherImage } = place;
    await sandbox.dispose();
    // The layer of the container whose label was changed names another stack, so that the sandbox does not know it.
    await sandbox.run("podman", ["rmi", "--force", otherImage, `localhost/groundwork/layer/${name}`], "/");
  });

  describe.each(drifts)("when $what", ({ make, properties, real }) => {
    let plainCheck: Ended, told: Ended, plainUp: Ended, checkAfterPlainUp: Ended;
    let toldAsJson: Ended, writingRefresh: Ended, up: Ended, checkAfterUp: Ended;

    beforeAll(async () => {
      const { sandbox } = place;
      // What an earlier row left unrepaired must not fail this one.
      await sandbox.vagrantp(web, "up");
      await make(place);
      // Checks change nothing, so that they need not wait for each other.
      [plainCheck, told] = await Promise.all([sandbox.pulumi(web, ...checkOnly), sandbox.vagrantp(web, "drift")]);
      plainUp = await sandbox.pulumi(web, "up", "--yes", "--skip-preview");
      checkAfterPlainUp = await sandbox.pulumi(web, ...checkOnly);
      await make(place);
      toldAsJson = await sandbox.vagrantp(web, "drift", "--json");
      writingRefresh = await sandbox.pulumi(web, "refresh", "--yes");
      up = await sandbox.vagrantp(web, "up");
      checkAfterUp = await sandbox.pulumi(web, ...checkOnly);
    });

    test("plain `pulumi refresh --preview-only --expect-no-changes` exits 7 and names it", () => {
      expectExit(plainCheck, 7);
      for (const property of properties) expect(plainCheck.stdout).toMatch(new RegExp(`~ ${property}\\b`));
    });

    test("`vagrantp drift` exits 7 and says it in words", () => {
      expectExit(told, 7);
      for (const property of properties) {
        expect(told.stdout).toMatch(new RegExp(`^web: ${property}: promised .+, real .+$`, "m"));
      }
    });

    test("`vagrantp drift --json` names each property with what was promised and what is real", () => {
      expectExit(toldAsJson, 7);
      const output = JSON.parse(toldAsJson.stdout) as DriftOutput;
      expect(output).toMatchObject({ drift: true, instances: [{ id: "web" }] });
      const found = output.instances[0]!.properties;
      expect(found.map(({ property }) => property)).toEqual(properties);
      for (const each of found) {
        expect(each.real).toEqual(real(place));
        expect(each.promised).not.toEqual(each.real);
      }
    });

    test("plain `pulumi up` repairs it", () => {
      expectExit(plainUp, 0);
      expectExit(checkAfterPlainUp, 0);
    });

    test("after a refresh that wrote it into the state, `vagrantp up` repairs it", () => {
      expectExit(writingRefresh, 0);
      expectExit(up, 0);
      expectExit(checkAfterUp, 0);
    });

    test("no output shows a secret value or a stack trace", () => {
      const runs = [plainCheck, told, plainUp, checkAfterPlainUp, toldAsJson, writingRefresh, up, checkAfterUp];
      const said = runs.map(saidBy).join("\n");
      expect(said).not.toContain(tokenValue);
      expect(said).not.toMatch(stackTrace);
    });
  });

  test("drift that a refresh wrote into the state is still told by `vagrantp drift`", async () => {
    const { sandbox, name } = place;
    await sandbox.vagrantp(web, "up");
    await sandbox.podman("stop", "--time", "0", name);
    await sandbox.pulumi(web, "refresh", "--yes");
    expectExit(await sandbox.vagrantp(web, "drift"), 7);
  });
});

describeWithEngine("drift over a stack of five instances", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("is found with one call of podman, and named for the two that have it", async () => {
    const workspace = projectWorkspace(sandbox.home, findInstallation(__dirname), hostSetup!, "five");
    makeProjectWorkspace(workspace, findInstallation(__dirname));
    const ids = ["a", "b", "c", "d", "e"];
    const instance = { memory: 512, cpus: 1, command: "sleep infinity" };
    setStackConfig(workspace, ["groundwork:kind"], "instances");
    setStackConfig(workspace, ["groundwork:instances"], Object.fromEntries(ids.map((id) => [id, instance])));
    const pulumi = async (...parameters: string[]) => {
      const all = [...parameters, "--stack", "five", "--non-interactive", "--color", "never"];
      return sandbox.run("pulumi", all, workspace.directory, workspace.variables);
    };
    expectExit(await pulumi("stack", "init", "--secrets-provider", "passphrase"), 0);
    expectExit(await pulumi("up", "--yes", "--skip-preview"), 0);

    const names = (await sandbox.podman("ps", "--format", "{{.Names}}", "--filter", "label=groundwork.stack=five"))
      .split("\n")
      .sort();
    expect(names.map(idOf)).toEqual(ids);
    await sandbox.podman("update", "--memory", "700m", names[1]!);
    await sandbox.podman("stop", "--time", "0", names[3]!);

    const podman = new WrappedPodman(sandbox);
    const check = await pulumi(...checkOnly);
    expectExit(check, 7);
    expect(check.stdout.match(/^ +~ (memoryMiB|running)\b/gm)).toHaveLength(2);
    expect(podman.calls).toEqual([expect.stringMatching(/^container inspect /)]);
  });
});
