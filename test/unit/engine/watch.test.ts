import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { readDrift, readPlannedChange, stepReader } from "../../../engine/watch";
import { recordedEvents } from "./recordings";

const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** An event that announces a step. */
function step(type: string, op: string, inputs: Record<string, unknown> = {}): EngineEvent {
  const urn = `urn:pulumi:dev::groundwork::groundwork:instance:Instance$${type}::web`;
  const metadata = { op, type, urn, provider: "", new: { inputs } } as unknown as StepEventMetadata;
  return { sequence: 1, timestamp: 0, resourcePreEvent: { metadata } };
}

const actuator = (op: string) => step("command:local:Command", op, { triggers: ["host", "web-1a", "podman", "web"] });

/** The steps of a run with these events. */
const stepsOf = (events: readonly EngineEvent[]) => known(events.map(stepReader()));

/** What each step does, to what. */
const actionsOf = (name: string) => stepsOf(recordedEvents(name)).map(({ action, subject }) => `${action} ${subject}`);

/** The actions, each once, in the order in which they began. */
const orderOf = (name: string) => [...new Set(actionsOf(name))];

describe("a step of the engine:", () => {
  test.each([
    ["create", "create"],
    ["update", "change"],
    ["delete", "remove"],
    ["create-replacement", "create"],
    ["delete-replaced", "remove"],
  ])("%s of an actuator is %s of the instance it names", (op, action) => {
    expect(stepsOf([actuator(op)])).toEqual([{ action, subject: "web", backend: "podman" }]);
  });

  test.each([
    ["create", "lease"],
    ["update", "lease"],
    ["delete", "release"],
  ])("%s of the lease is %s of the stack's promises", (op, action) => {
    expect(stepsOf([step("groundwork:index:HostLease", op, { stack: "web-1a" })])).toEqual([
      { action, subject: "web-1a" },
    ]);
  });

  test("a playbook is told apart from its instance, and its removal is not told: that does nothing", () => {
    const playbook = (op: string) =>
      step("command:local:Command", op, {
        create: "../bin/groundwork-actuator provision",
        triggers: ["host", "web-1a", "podman", "web"],
      });
    const told = { action: "provision", subject: "web", backend: "podman" };
    expect(stepsOf([playbook("create")])).toEqual([told]);
    expect(stepsOf([playbook("update")])).toEqual([told]);
    expect(stepsOf([playbook("delete")])).toEqual([]);
  });

  test.each(["same", "refresh", "replace", "read"])("%s of an actuator is not told", (op) => {
    expect(stepsOf([actuator(op)])).toEqual([]);
  });

  test.each(["groundwork:index:LiveState", "groundwork:instance:Instance", "pulumi:pulumi:Stack"])(
    "the creation of a %s is not told",
    (type) => {
      expect(stepsOf([step(type, "create")])).toEqual([]);
    },
  );

  test("is told once, however often it is announced", () => {
    expect(stepsOf([actuator("create"), actuator("create")])).toHaveLength(1);
  });

  test("of a real run: it looks, works out, leases and changes", () => {
    const [, stack] = /^lease (.*)$/m.exec(actionsOf("preview-change").join("\n")) ?? [];
    expect(orderOf("preview-change")).toEqual(["look proj", "plan proj", `lease ${stack}`, "change proj"]);
  });

  test("of a real replacement takes the old one away before it makes the new one", () => {
    expect(orderOf("preview-rename").slice(-2)).toEqual(["remove proj", "create renamed"]);
  });

  test("of a refused run is never one that changes something", () => {
    expect(orderOf("preview-refused")).toEqual(["look proj", "plan proj"]);
  });
});

describe("the count of a run's resources", () => {
  test("is not known where the stack held nothing before", () => {
    expect(stepsOf([actuator("create")])[0]).not.toHaveProperty("total");
  });

  test("is of those that the stack held, and reaches them all", () => {
    expect(stepsOf(recordedEvents("preview-change")).at(-1)).toMatchObject({ current: 3, total: 3 });
  });

  test("never goes back and never goes beyond the total, also in a replacement", () => {
    const counted = stepsOf(recordedEvents("preview-rename")).filter(({ total }) => total !== undefined);
    const currents = counted.map(({ current }) => current!);
    expect(currents).toEqual([...currents].sort());
    expect(Math.max(...currents)).toBeLessThanOrEqual(counted[0]!.total!);
  });
});

describe("drift", () => {
  test("of a container that was stopped by hand is its property, as promised and as it is", () => {
    expect(known(recordedEvents("drift-stopped").map(readDrift))).toEqual([
      { id: "proj", properties: [{ property: "running", promised: true, real: false }] },
    ]);
  });

  const [sensor] = recordedEvents("drift-stopped").filter(
    ({ resOutputsEvent }) => resOutputsEvent?.metadata.type === "groundwork:index:LiveState",
  );

  /** The recorded answer of the sensor, with other outputs. */
  function answering(real: Record<string, unknown>): EngineEvent {
    const metadata = structuredClone(sensor!.resOutputsEvent!.metadata);
    Object.assign(metadata.new!.outputs, { running: true }, real);
    return { ...sensor!, resOutputsEvent: { metadata } };
  }

  test("is none where everything is as promised", () => {
    expect(readDrift(answering({}))).toBeUndefined();
  });

  test("is told in the order of the properties, whatever order they were read in", () => {
    const drift = readDrift(answering({ labels: {}, cpus: 4, exists: false }));
    expect(drift?.properties.map(({ property }) => property)).toEqual(["exists", "cpus", "labels"]);
  });

  test("is measured against what was promised, not against what the last refresh saw", () => {
    const event = answering({ cpus: 4 });
    event.resOutputsEvent!.metadata.old!.outputs["cpus"] = 4;
    expect(readDrift(event)?.properties).toEqual([{ property: "cpus", promised: 1, real: 4 }]);
  });

  test("is not a generation that changed", () => {
    expect(readDrift(answering({ generation: "another" }))).toBeUndefined();
  });

  // A writing refresh by a person, or a lost ledger: exit 7, and nothing says why.
  test("of a promise that the ledger lost is told too", () => {
    const lease = recordedEvents("drift-stopped").find(
      ({ resOutputsEvent }) => resOutputsEvent?.metadata.type === "groundwork:index:HostLease",
    );
    lease!.resOutputsEvent!.metadata.new!.outputs["promised"] = false;
    expect(readDrift(lease!)).toBeDefined();
  });

  test.each<[string, EngineEvent]>([
    ["a message", { sequence: 1, timestamp: 0, stdoutEvent: { message: "", color: "never" } }],
    ["a new sensor", step("groundwork:index:LiveState", "create")],
  ])("is not read from %s", (_what, event) => {
    expect(readDrift(event)).toBeUndefined();
  });
});

describe("a planned change", () => {
  const plannedIn = (name: string) => known(recordedEvents(name).map(readPlannedChange));

  test("is told with each property as it is and as it will be, and in words where that is not known yet", () => {
    expect(plannedIn("preview-change")).toEqual([
      {
        change: "update",
        properties: [
          { property: "memoryMiB", from: 512, to: 640 },
          { property: "ports", from: ["127.0.0.1:8103:80/tcp"], to: "known after `up`" },
        ],
      },
    ]);
  });

  test("of an id is a replacement", () => {
    expect(plannedIn("preview-rename").map(({ change }) => change)).toEqual(["replace", "replace"]);
  });

  test("of an id names what changes with it", () => {
    const properties = plannedIn("preview-rename")
      .at(-1)
      ?.properties.map(({ property }) => property);
    expect(properties).toEqual(["name", "memoryMiB", "ports", "labels"]);
  });

  test("is none where a run is refused", () => {
    expect(plannedIn("preview-refused")).toEqual([]);
  });

  test("of a new instance is the creation, whose properties are all new", () => {
    const event = step("groundwork:index:LiveState", "create");
    expect(readPlannedChange(event)).toEqual({ change: "create", properties: [] });
  });

  test.each(["same", "refresh", "delete", "delete-replaced"])("is none where the step is %s", (op) => {
    expect(readPlannedChange(step("groundwork:index:LiveState", op))).toBeUndefined();
  });

  test("is none where the step is another resource's", () => {
    expect(readPlannedChange(step("command:local:Command", "update"))).toBeUndefined();
  });
});
