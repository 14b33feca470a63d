import { mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackExists } from "../../../engine/operations";
import {
  findProjectStack,
  installationWorkspace,
  makeInstallationWorkspace,
  makeProjectWorkspace,
  projectWorkspace,
  requireSetup,
  type Workspace,
} from "../../../engine/workspace";
import type { SetupRecord } from "../../../host/setup-record";
import { refusalOf } from "../../support/refusal";
import { useTemporaryHome } from "../../host/temporary-home";

const home = useTemporaryHome();
const installation = { directory: "/opt/groundwork", version: "1.2.3" };
const setup: SetupRecord = {
  node: "/opt/node/bin/node",
  engine: { path: "/opt/engine/bin/pulumi", version: "3.259.0", origin: "downloaded" },
  commandPlugin: { version: "1.2.1", origin: "official" },
  podman: { path: "/usr/bin/podman", version: "4.3.1", containersConf: "/opt/containers.conf" },
  image: { name: "localhost/image:1", origin: "built" },
};

const projectOf = (stack = "web-1a2b3c"): Workspace => projectWorkspace(home(), installation, setup, stack);

function made(): Workspace {
  const workspace = projectOf();
  makeProjectWorkspace(workspace, installation);
  return workspace;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("a project's workspace", () => {
  test("lies under the home, never in the installation's folder", () => {
    expect(projectOf().directory).toBe(join(home().projectsDirectory, "web-1a2b3c"));
  });

  test("keeps its own state, in a file backend", () => {
    const { directory, variables } = projectOf();
    expect(variables["PULUMI_BACKEND_URL"]).toBe(`file://${directory}/state`);
  });

  test("has a Pulumi home of ours, so that the user's own stays as it is", () => {
    expect(projectOf().variables["PULUMI_HOME"]).toBe(home().pulumiHome);
  });

  test("names the file of its passphrase, and holds no passphrase in its environment", () => {
    const { directory, variables } = projectOf();
    expect([variables["PULUMI_CONFIG_PASSPHRASE_FILE"], variables["PULUMI_CONFIG_PASSPHRASE"]]).toEqual([
      join(directory, "passphrase"),
      undefined,
    ]);
  });

  test("finds our Node and our engine before all others", () => {
    expect(projectOf().variables["PATH"]?.split(":").slice(0, 2)).toEqual([
      "/opt/groundwork/node_modules/.bin",
      "/opt/engine/bin",
    ]);
  });

  test("is not made by being named", () => {
    projectOf();
    expect(findProjectStack(home(), "1a2b3c")).toBeUndefined();
  });
});

describe("the backend's configuration that set-up keeps", () => {
  const before = process.env["CONTAINERS_CONF"];
  afterEach(() => {
    if (before === undefined) delete process.env["CONTAINERS_CONF"];
    else process.env["CONTAINERS_CONF"] = before;
  });

  test("is used", () => {
    delete process.env["CONTAINERS_CONF"];
    expect(projectOf().variables["CONTAINERS_CONF"]).toBe("/opt/containers.conf");
  });

  test("gives way to the user's own", () => {
    process.env["CONTAINERS_CONF"] = "/home/ada/containers.conf";
    expect(projectOf().variables["CONTAINERS_CONF"]).toBe("/home/ada/containers.conf");
  });
});

describe("making a project's workspace", () => {
  const linked = ["Pulumi.yaml", "package.json", "bin", "dist", "node_modules", "plugin"];

  test.each(linked)("links %s to the installation", (name) => {
    expect(readlinkSync(join(made().directory, name))).toBe(join("/opt/groundwork", name));
  });

  test("makes a folder that its owner alone can look into", () => {
    expect(modeOf(made().directory)).toBe(0o700);
  });

  test("makes a passphrase that its owner alone can read", () => {
    expect(modeOf(join(made().directory, "passphrase"))).toBe(0o600);
  });

  test("makes a passphrase of 32 random bytes", () => {
    const text = readFileSync(join(made().directory, "passphrase"), "utf8");
    expect(Buffer.from(text, "base64url")).toHaveLength(32);
  });

  test("a second time keeps the passphrase: with another the state could never be read again", () => {
    const { directory } = made();
    const first = readFileSync(join(directory, "passphrase"), "utf8");
    made();
    expect(readFileSync(join(directory, "passphrase"), "utf8")).toBe(first);
  });

  test("a second time changes no link", () => {
    const { directory } = made();
    const first = statSync(directory).mtimeMs;
    made();
    expect(statSync(directory).mtimeMs).toBe(first);
  });

  test("after the installation was moved mends the links", () => {
    const { directory } = made();
    makeProjectWorkspace(projectOf(), { ...installation, directory: "/elsewhere" });
    expect(linked.map((name) => readlinkSync(join(directory, name)))).toEqual(
      linked.map((name) => `/elsewhere/${name}`),
    );
  });

  test("puts a link where a file stands", () => {
    const { directory } = projectOf();
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "Pulumi.yaml"), "");
    expect(readlinkSync(join(made().directory, "Pulumi.yaml"))).toBe("/opt/groundwork/Pulumi.yaml");
  });

  test("mends a link that leads nowhere", () => {
    const { directory } = projectOf();
    mkdirSync(directory, { recursive: true });
    symlinkSync("/nowhere", join(directory, "dist"));
    expect(readlinkSync(join(made().directory, "dist"))).toBe("/opt/groundwork/dist");
  });
});

describe("a project's stack", () => {
  test("is found by the hash of its path, whatever its id was when it was first made", () => {
    made();
    expect(findProjectStack(home(), "1a2b3c")).toBe("web-1a2b3c");
  });

  test("of another project is not found", () => {
    made();
    expect(findProjectStack(home(), "ffffff")).toBeUndefined();
  });

  test("is none while there is no project at all", () => {
    expect(findProjectStack(home(), "1a2b3c")).toBeUndefined();
  });

  test("does not exist before the engine made it", () => {
    expect(stackExists(made())).toBe(false);
  });

  test("exists where the file backend holds it", () => {
    const { directory } = made();
    mkdirSync(join(directory, "state/.pulumi/stacks/groundwork"), { recursive: true });
    writeFileSync(join(directory, "state/.pulumi/stacks/groundwork/web-1a2b3c.json"), "{}");
    expect(stackExists(projectOf())).toBe(true);
  });
});

describe("the workspace of a shared stack", () => {
  test("is the installation's own folder, with a state of the home", () => {
    const { directory, variables } = installationWorkspace(home(), installation, setup, "dev");
    expect([directory, variables["PULUMI_BACKEND_URL"]]).toEqual([
      "/opt/groundwork",
      `file://${home().stacksDirectory}`,
    ]);
  });

  test("has one passphrase, made once", () => {
    makeInstallationWorkspace(home());
    const first = readFileSync(home().passphraseFile, "utf8");
    makeInstallationWorkspace(home());
    expect([readFileSync(home().passphraseFile, "utf8"), modeOf(home().passphraseFile)]).toEqual([first, 0o600]);
  });
});

describe("set-up", () => {
  test("that has run is what it left", () => {
    expect(requireSetup(setup, installation)).toBe(setup);
  });

  test("that has not run is refused with the command that runs it", () => {
    expect(refusalOf(() => requireSetup(undefined, installation))).toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      suggestion: "Run `make setup` in /opt/groundwork.",
    });
  });
});
