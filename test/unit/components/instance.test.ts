import * as pulumi from "@pulumi/pulumi";
import type { InstanceReport } from "../../../settings/instance-report";
import type { InstanceSpec } from "../../../settings/instance-spec";
import type { HostSettings } from "../../../settings/stack";
import { instancesStack } from "../../../stacks/instances";
import { instanceSpec } from "../drivers/support";
import { registrationsOf, secretOf, valueOf, type Registration } from "./registrations";

const host = "0123456789ab";
const leasedPort = { address: "127.0.0.1", host: 8100, inside: 80, protocol: "tcp" } as const;
const report: InstanceReport = {
  id: "web",
  name: "web-1a2b3c",
  type: "container",
  backend: "podman",
  state: "running",
  ports: [leasedPort],
  login: ["podman", "exec"],
};
const engine = {
  "groundwork:index:HostLease": {
    ports: { web: [leasedPort], worker: [] },
    subnets: { podman: "10.192.7.0/24", libvirt: "10.192.8.0/24" },
    addresses: {},
  },
  "groundwork:index:LiveState": { generation: "generation-1" },
  "command:local:Command": { stdout: JSON.stringify(report) },
};

const spec = instanceSpec({ ports: [{ ...leasedPort, host: "auto" }], volumes: [], command: ["sleep", "600"] });

const settings: HostSettings = { memoryMiB: 8192, reserveMiB: 512 };

/** The stack `dev` with these instances, whose environment is digested to a constant. */
function declare(instances: Record<string, InstanceSpec>) {
  const entries = Object.entries(instances).map(([name, one]) => [name, { spec: one }] as const);
  return registrationsOf(engine, () =>
    instancesStack({
      host,
      stack: "dev",
      settings,
      instances: Object.fromEntries(entries),
      digest: () => "digest",
      playbookDigest: () => "playbook",
    }),
  );
}

async function registered(name: string, changes: Partial<InstanceSpec> = {}): Promise<Registration> {
  const { all } = await declare({ web: { ...spec, ...changes } });
  return all.find((one) => one.name === name)!;
}

describe("a stack of instances", () => {
  test("registers one promise of the host, and a component with a sensor and an actuator for each instance", async () => {
    const { all } = await declare({ web: spec, worker: instanceSpec({ id: "worker", name: "worker-1a2b3c" }) });
    const found = all.map(({ type, name, parent }) => [type, name, parent]);
    expect(found.sort()).toEqual([
      ["command:local:Command", "web-actuator", "web"],
      ["command:local:Command", "worker-actuator", "worker"],
      ["groundwork:index:HostLease", "host", ""],
      ["groundwork:index:LiveState", "web-live", "web"],
      ["groundwork:index:LiveState", "worker-live", "worker"],
      ["groundwork:instance:Instance", "web", ""],
      ["groundwork:instance:Instance", "worker", ""],
    ]);
  });

  test("gives out the report of each instance by its logical name", async () => {
    const { made } = await declare({ web: spec });
    expect(await valueOf(made.instances["web"]!)).toEqual(report);
  });

  test("without instances still promises nothing to the host", async () => {
    const { all } = await declare({});
    expect(all.map(({ name, inputs }) => [name, inputs["instances"]])).toEqual([["host", []]]);
  });
});

describe("the promise of the host", () => {
  test("is asked for what each instance takes, and for nothing that is its own affair", async () => {
    expect((await registered("host")).inputs).toEqual({
      host,
      stack: "dev",
      settings,
      instances: [
        {
          id: "web",
          name: "web-1a2b3c",
          backend: "podman",
          memoryMiB: 512,
          cpus: 1.5,
          power: "running",
          ports: [{ ...leasedPort, host: "auto" }],
          networkMode: "default",
        },
      ],
    });
  });

  test("is told the project's directory where there is one", async () => {
    const { all } = await registrationsOf(engine, () =>
      instancesStack({
        host,
        stack: "dev",
        settings,
        digest: () => "digest",
        playbookDigest: () => "playbook",
        instances: { instance: { spec, projectDirectory: "/home/ada/web" } },
      }),
    );
    const lease = all.find(({ name }) => name === "host");
    expect(lease?.inputs["instances"]).toEqual([expect.objectContaining({ projectDirectory: "/home/ada/web" })]);
  });
});

describe("the component", () => {
  test("hands the engine nothing of its arguments", async () => {
    expect((await registered("web")).inputs).toEqual({});
  });
});

describe("the sensor", () => {
  test("is told which instance it is, and what that promises", async () => {
    expect((await registered("web-live")).inputs).toEqual({
      host,
      stack: "dev",
      backend: "podman",
      instance: "web",
      exists: true,
      name: "web-1a2b3c",
      running: true,
      memoryMiB: 512,
      cpus: 1.5,
      diskGiB: 0,
      image: spec.image,
      command: ["sleep", "600"],
      ports: ["127.0.0.1:8100:80/tcp"],
      volumes: [],
      network: "groundwork-dev-10-192-7",
      ipAddress: "",
      environmentDigest: "digest",
      labels: { "groundwork.host": host, "groundwork.stack": "dev", "groundwork.id": "web" },
    });
  });

  test("promises a stopped instance where that is wished", async () => {
    expect((await registered("web-live", { power: "stopped" })).inputs).toMatchObject({ exists: true, running: false });
  });

  test("is never told a value of the environment", async () => {
    const { inputs } = await registered("web-live", { environment: { TOKEN: "s3cret" } });
    expect(JSON.stringify(inputs)).not.toContain("s3cret");
  });

  test("goes before its successor comes", async () => {
    expect(await registered("web-live")).toMatchObject({ deleteBeforeReplace: true });
  });

  test("waits for the promise, whose ports it promises", async () => {
    expect((await registered("web-live")).dependsOn).toContain("host");
  });
});

describe("the actuator", () => {
  test("has command lines that are the same wherever the checkout lies", async () => {
    expect((await registered("web-actuator")).inputs).toMatchObject({
      create: "../bin/groundwork-actuator ensure",
      delete: "../bin/groundwork-actuator remove",
    });
  });

  test("runs the same command again when an input changes", async () => {
    expect((await registered("web-actuator")).inputs).not.toHaveProperty("update");
  });

  test("is another one when host, stack, backend or id change", async () => {
    expect((await registered("web-actuator")).inputs).toMatchObject({ triggers: [host, "dev", "podman", "web"] });
  });

  test("logs nothing, for what it is told may be secret", async () => {
    expect((await registered("web-actuator")).inputs).toMatchObject({ logging: "none" });
  });

  test("runs again whenever the sensor has a new generation", async () => {
    const { inputs } = await registered("web-actuator");
    expect(inputs["environment"]).toEqual({ GROUNDWORK_GENERATION: "generation-1" });
  });

  test("reads the whole order on standard input", async () => {
    const { inputs } = await registered("web-actuator");
    expect(JSON.parse(inputs["stdin"] as string)).toEqual({
      identity: { host, stack: "dev", id: "web", name: "web-1a2b3c", backend: "podman" },
      spec,
      ports: [leasedPort],
      network: { name: "groundwork-dev-10-192-7", subnet: "10.192.7.0/24" },
    });
  });

  test("is told the directory of the project that it belongs to", async () => {
    const { all } = await registrationsOf(engine, () =>
      instancesStack({
        host,
        stack: "dev",
        settings,
        digest: () => "digest",
        playbookDigest: () => "playbook",
        instances: { web: { spec, projectDirectory: "/srv/web" } },
      }),
    );
    const { inputs } = all.find(({ name }) => name === "web-actuator")!;
    expect(JSON.parse(inputs["stdin"] as string)).toMatchObject({ projectDirectory: "/srv/web" });
  });

  test("reads the order as a secret where it holds an environment", async () => {
    const { inputs } = await registered("web-actuator", { environment: { TOKEN: "s3cret" } });
    expect(JSON.parse(secretOf(inputs["stdin"]) as string)).toMatchObject({
      spec: { environment: { TOKEN: "s3cret" } },
    });
  });

  test("reads the order in clear where it holds none, so that a preview can show it", async () => {
    const { inputs } = await registered("web-actuator");
    expect(secretOf(inputs["stdin"])).toBeUndefined();
  });

  test("is told no value of the environment but by standard input", async () => {
    const { inputs } = await registered("web-actuator", { environment: { TOKEN: "s3cret" } });
    expect(JSON.stringify({ ...inputs, stdin: undefined })).not.toContain("s3cret");
  });

  test("goes before its successor comes", async () => {
    expect(await registered("web-actuator")).toMatchObject({ deleteBeforeReplace: true });
  });

  test("waits for the promise and for the sensor", async () => {
    expect((await registered("web-actuator")).dependsOn).toEqual(["host", "web-live"]);
  });
});

describe("a container in a stack with virtual machines", () => {
  const vm = (id: string) => instanceSpec({ id, name: `${id}-1a2b3c`, type: "vm", backend: "libvirt", diskGiB: 20 });
  const mixed = async (name: string) => {
    const { all } = await declare({ web: spec, two: vm("two"), one: vm("one") });
    return all.find((each) => each.name === name)!.inputs;
  };

  test("promises to be on their network too, and to know them", async () => {
    expect(await mixed("web-live")).toMatchObject({
      network: "groundwork-dev-10-192-7,groundwork-dev-10-192-8",
      machines: ["one", "two"],
    });
  });

  test("is ordered with them and their network", async () => {
    const { stdin } = await mixed("web-actuator");
    expect(JSON.parse(stdin as string)).toMatchObject({
      machines: { network: { name: "groundwork-dev-10-192-8", subnet: "10.192.8.0/24" }, ids: ["one", "two"] },
    });
  });

  test("changes nothing of the machines", async () => {
    expect(await mixed("one-live")).not.toHaveProperty("machines");
    expect(JSON.parse((await mixed("one-actuator"))["stdin"] as string)).not.toHaveProperty("machines");
  });
});

describe("the report", () => {
  test("is not secret, though the order is", async () => {
    const { made } = await declare({ web: { ...spec, environment: { TOKEN: "s3cret" } } });
    expect(await pulumi.isSecret(made.instances["web"]!)).toBe(false);
  });

  test("is not secret where the engine makes the actuator's output one", async () => {
    const secretEngine = { ...engine, "command:local:Command": { stdout: pulumi.secret(JSON.stringify(report)) } };
    const { made } = await registrationsOf(secretEngine, () =>
      instancesStack({
        host,
        stack: "dev",
        settings,
        instances: { web: { spec } },
        digest: () => "digest",
        playbookDigest: () => "playbook",
      }),
    );
    const output = made.instances["web"]!;
    expect([await pulumi.isSecret(output), await valueOf(output)]).toEqual([false, report]);
  });
});

describe("the playbook", () => {
  const provisioning = { playbook: "/srv/site.yml", variables: {} };

  test("is a command after the actuator, run again by a new content and a new generation", async () => {
    const { inputs, dependsOn } = await registered("web-provisioning", { provisioning });
    expect(dependsOn).toContain("web-actuator");
    expect(inputs).toMatchObject({
      create: "../bin/groundwork-actuator provision",
      environment: { GROUNDWORK_GENERATION: "generation-1" },
      triggers: [host, "dev", "podman", "web"],
      logging: "none",
    });
    expect(JSON.parse(inputs["stdin"] as string)).toMatchObject({ provisioning, playbook: "playbook" });
  });

  test("is promised by the sensor, by its digest", async () => {
    expect((await registered("web-live", { provisioning })).inputs).toMatchObject({ playbook: "playbook" });
  });

  test("is not the actuator's affair: another one makes nothing of the instance again", async () => {
    const { inputs } = await registered("web-actuator", { provisioning });
    expect(inputs).toEqual((await registered("web-actuator")).inputs);
  });

  test("is left alone where the instance stands still", async () => {
    expect(await registered("web-provisioning", { provisioning, power: "stopped" })).toBeUndefined();
  });

  test("has its variables as a secret", async () => {
    const { inputs } = await registered("web-provisioning", {
      provisioning: { ...provisioning, variables: { token: "s3cret" } },
    });
    expect(secretOf(inputs["stdin"])).toContain("s3cret");
  });
});

test("no value of an environment reaches a registration in clear", async () => {
  const { all } = await declare({ web: { ...spec, environment: { TOKEN: "s3cret" } } });
  const clear = all.map(({ inputs }) => Object.values(inputs).filter((value) => secretOf(value) === undefined));
  expect(JSON.stringify(clear)).not.toContain("s3cret");
});
