import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { describeStep, readDrift, readPlannedChange } from "../../../engine/watch";
import { recordedEvents } from "./recordings";

const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** An event that announces a step. */
function step(type: string, op: string, name = "web-actuator"): EngineEvent {
  const urn = `urn:pulumi:dev::groundwork::groundwork:instance:Instance$${type}::${name}`;
  const metadata = { op, type, urn, provider: "" } as StepEventMetadata;
  return { sequence: 1, timestamp: 0, resourcePreEvent: { metadata } };
}

describe("what a step does, in words:", () => {
  test.each([
    ["create", "creating web"],
    ["update", "changing web"],
    ["delete", "removing web"],
    ["create-replacement", "creating web"],
    ["delete-replaced", "removing web"],
  ])("%s of an actuator is %s", (op, words) => {
    expect(describeStep(step("command:local:Command", op))).toBe(words);
  });

  test.each([
    ["create", "leasing memory and ports"],
    ["update", "leasing memory and ports"],
    ["delete", "giving memory and ports back"],
  ])("%s of the lease is %s", (op, words) => {
    expect(describeStep(step("groundwork:index:HostLease", op))).toBe(words);
  });

  test.each(["same", "refresh", "replace", "read"])("%s is not worth a line", (op) => {
    expect(describeStep(step("command:local:Command", op))).toBeUndefined();
  });

  test.each(["groundwork:index:LiveState", "groundwork:instance:Instance", "pulumi:pulumi:Stack"])(
    "%s is not worth a line",
    (type) => {
      expect(describeStep(step(type, "create"))).toBeUndefined();
    },
  );

  test("an instance whose name ends like ours keeps its name", () => {
    expect(describeStep(step("command:local:Command", "create", "web-actuator-actuator"))).toBe(
      "creating web-actuator",
    );
  });

  test("a change in a real run is told once for the promise and once for the instance", () => {
    const words = recordedEvents("preview-change").map(describeStep);
    expect(known(words)).toEqual(["leasing memory and ports", "changing instance"]);
  });

  test("a replacement in a real run takes the old one away before it makes the new one", () => {
    const words = recordedEvents("preview-rename").map(describeStep);
    expect(known(words)).toEqual(["leasing memory and ports", "removing instance", "creating instance"]);
  });

  test.each(["drift-stopped", "preview-refused"])("%s changes nothing", (name) => {
    expect(known(recordedEvents(name).map(describeStep))).toEqual([]);
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
    const event = step("groundwork:index:LiveState", "create", "web-live");
    expect(readPlannedChange(event)).toEqual({ change: "create", properties: [] });
  });

  test.each(["same", "refresh", "delete", "delete-replaced"])("is none where the step is %s", (op) => {
    expect(readPlannedChange(step("groundwork:index:LiveState", op, "web-live"))).toBeUndefined();
  });

  test("is none where the step is another resource's", () => {
    expect(readPlannedChange(step("command:local:Command", "update"))).toBeUndefined();
  });
});
