import fc from "fast-check";
import {
  createArguments,
  environmentFile,
  processVariables,
  type ContainerSource,
} from "../../../drivers/containers/create-arguments";
import { podman } from "../../../drivers/containers/podman";
import { stackNetwork } from "../../../settings/stack-network";
import { desiredInstance } from "./support";

const base: ContainerSource = {
  base: {
    id: "base-id",
    command: ["sleep", "infinity"],
    environment: ["PATH=/usr/bin:/bin"],
    layers: 1,
    configuration: [],
  },
  madeFrom: "base-id",
  leftoverVariables: [],
  anonymousVolumes: [],
};

/** The values that follow each occurrence of an option. */
function valuesOf(option: string, parameters: readonly string[]): string[] {
  return parameters.flatMap((parameter, index) => (parameter === option ? [parameters[index + 1] ?? ""] : []));
}

describe("the arguments that make a container", () => {
  test("say all that a container is made with, in this order", () => {
    const desired = desiredInstance(
      {
        command: ["python3", "-m", "http.server"],
        volumes: [{ source: "/srv/site", target: "/srv", readOnly: true }],
        environment: { TOKEN: "s3cret", GREETING: "hello" },
      },
      [{ host: 8100, inside: 80, protocol: "tcp", address: "127.0.0.1" }],
    );
    expect(createArguments(podman, { ...desired, projectDirectory: "/srv/web" }, base)).toEqual([
      ...["run", "--detach"],
      "--init",
      ...["--name", "web-1a2b3c"],
      ...["--hostname", "web"],
      ...["--network", "groundwork-web-1a2b3c-10-192-7"],
      ...["--network-alias", "web"],
      ...["--memory", "512m"],
      ...["--cpus", "1.5"],
      ...["--label", "groundwork.host=0123456789ab"],
      ...["--label", "groundwork.stack=web-1a2b3c"],
      ...["--label", "groundwork.id=web"],
      ...["--label", "groundwork.image=docker.io/library/debian:12"],
      ...["--label", "groundwork.base-image=base-id"],
      ...["--label", "groundwork.made-from=base-id"],
      ...["--label", 'groundwork.command=["python3","-m","http.server"]'],
      ...["--label", 'groundwork.effective-command=["python3","-m","http.server"]'],
      ...["--label", "groundwork.environment=GREETING,TOKEN"],
      ...["--label", "groundwork.automatic-ports=127.0.0.1:8100:80/tcp"],
      ...["--label", "groundwork.project=/srv/web"],
      ...["--publish", "127.0.0.1:8100:80/tcp"],
      ...["--volume", "/srv/site:/srv:ro"],
      ...["--env-file", "/dev/stdin"],
      "base-id",
      ...["python3", "-m", "http.server"],
    ]);
  });

  test("tell the ports that the user named from those that were chosen", () => {
    const named = { host: 8443, inside: 443, protocol: "tcp", address: "127.0.0.1" } as const;
    const chosen = { host: 8100, inside: 80, protocol: "tcp", address: "127.0.0.1" } as const;
    const desired = desiredInstance({ ports: [named, { ...chosen, host: "auto" }] }, [named, chosen]);
    const labels = valuesOf("--label", createArguments(podman, desired, base));
    expect(labels).toContain("groundwork.automatic-ports=127.0.0.1:8100:80/tcp");
  });

  test("write an IPv6 address in brackets, and name UDP", () => {
    const desired = desiredInstance({}, [{ host: 5353, inside: 53, protocol: "udp", address: "::1" }]);
    expect(valuesOf("--publish", createArguments(podman, desired, base))).toEqual(["[::1]:5353:53/udp"]);
  });

  test("name the machines that it meets with their addresses, and tell by labels where it meets them", () => {
    const machines = { network: stackNetwork("dev", "10.192.8.0/24"), ids: ["cache", "database"] };
    const addresses = { own: "10.192.8.100", machines: { cache: "10.192.8.11", database: "10.192.8.12" } };
    const parameters = createArguments(podman, { ...desiredInstance(), machines }, { ...base, addresses });
    expect(valuesOf("--add-host", parameters)).toEqual(["cache:10.192.8.11", "database:10.192.8.12"]);
    expect(valuesOf("--label", parameters).filter((label) => label.includes("machines"))).toEqual([
      "groundwork.machines-network=groundwork-dev-10-192-8",
      "groundwork.machines-address=10.192.8.100",
    ]);
  });

  test("say nothing of the mode of a volume that may be written", () => {
    const desired = desiredInstance({ volumes: [{ source: "cache", target: "/var/cache", readOnly: false }] });
    expect(valuesOf("--volume", createArguments(podman, desired, base))).toEqual(["cache:/var/cache"]);
  });

  test("end with the image's own command where the user gives none", () => {
    expect(createArguments(podman, desiredInstance(), base).slice(-3)).toEqual(["base-id", "sleep", "infinity"]);
  });

  test("remember that the user gave no command, and what runs in its place", () => {
    const labels = valuesOf("--label", createArguments(podman, desiredInstance(), base));
    expect(labels).toEqual(
      expect.arrayContaining(["groundwork.command=[]", 'groundwork.effective-command=["sleep","infinity"]']),
    );
  });

  test("make the container from a layer, and remember the image that lies below it", () => {
    const parameters = createArguments(podman, desiredInstance({ command: ["true"] }), {
      ...base,
      madeFrom: "layer-id",
    });
    expect([parameters.slice(-2), valuesOf("--label", parameters).slice(4, 6)]).toEqual([
      ["layer-id", "true"],
      ["groundwork.base-image=base-id", "groundwork.made-from=layer-id"],
    ]);
  });

  test("unset what a layer carries and the user no longer sets", () => {
    const source = { ...base, madeFrom: "layer-id", leftoverVariables: ["OLD", "KEPT"] };
    const parameters = createArguments(podman, desiredInstance({ environment: { KEPT: "1" } }), source);
    expect(valuesOf("--unsetenv", parameters)).toEqual(["OLD"]);
  });

  test("give a variable that is no longer set the value that the image itself has", () => {
    const source = { ...base, madeFrom: "layer-id", leftoverVariables: ["PATH"] };
    const parameters = createArguments(podman, desiredInstance(), source);
    expect([valuesOf("--env", parameters), valuesOf("--unsetenv", parameters)]).toEqual([["PATH=/usr/bin:/bin"], []]);
  });

  test("read no environment file where there is no variable", () => {
    expect(createArguments(podman, desiredInstance(), base)).not.toContain("--env-file");
  });

  test("read no environment file where every value has a line break", () => {
    const parameters = createArguments(podman, desiredInstance({ environment: { KEY: "a\nb" } }), base);
    expect([valuesOf("--env-file", parameters), valuesOf("--env", parameters)]).toEqual([[], ["KEY"]]);
  });
});

test("the limits are the same options for create and update", () => {
  const limits = ["--memory", "2048m", "--cpus", "0.75"];
  expect(podman.updateArguments({ memoryMiB: 2048, cpus: 0.75 })).toEqual(limits);
  expect(createArguments(podman, desiredInstance({ memoryMiB: 2048, cpus: 0.75 }), base).join(" ")).toContain(
    limits.join(" "),
  );
});

describe("the environment", () => {
  const variableName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
  const awkwardText = fc
    .array(fc.constantFrom("\n", "\r", "\r\n", "=", '"', "'", "#", "$", "\\", " ", "\t", "é", "\u2028", "x"))
    .map((parts) => parts.join(""));
  const values = fc.oneof(awkwardText, fc.string());
  const environments = fc.dictionary(variableName, values, { maxKeys: 8 });
  const secretEnvironments = fc.dictionary(
    variableName,
    values.map((value) => `secret:${value}`),
    { maxKeys: 8 },
  );

  test("has no value on the command line, whatever the values are", () => {
    fc.assert(
      fc.property(secretEnvironments, (environment) => {
        const text = createArguments(podman, desiredInstance({ environment }), base).join("\0");
        expect(text).not.toContain("secret:");
      }),
    );
  });

  test("goes by the file or by the process, each variable exactly once", () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const lines = (environmentFile(environment) ?? "").split("\n").filter((line) => line !== "");
        const byFile = lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
        const byProcess = Object.entries(processVariables(environment));
        const all = [...byFile, ...byProcess].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
        expect(all).toEqual(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    );
  });

  test("is named on the command line exactly where it goes by the process", () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const parameters = createArguments(podman, desiredInstance({ environment }), base);
        expect(valuesOf("--env", parameters)).toEqual(Object.keys(processVariables(environment)));
      }),
    );
  });

  test("has a file exactly where the command line reads one", () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const parameters = createArguments(podman, desiredInstance({ environment }), base);
        expect(parameters.includes("--env-file")).toBe(environmentFile(environment) !== undefined);
      }),
    );
  });

  test("keeps an empty value", () => {
    expect(environmentFile({ EMPTY: "" })).toBe("EMPTY=\n");
  });
});
