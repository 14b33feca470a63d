import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { changesReader, driftReader, type Changes } from "../../../../delivery/changes/changes";
import { recordedEvents as ofInstance } from "../../engine/recordings";
import { recordedEvents } from "../recordings";

function changesOf(events: readonly EngineEvent[]): Changes {
  const reader = changesReader();
  events.forEach((event) => reader.read(event));
  return reader.result();
}

function driftOf(events: readonly EngineEvent[]) {
  const reader = driftReader();
  events.forEach((event) => reader.read(event));
  return reader.result();
}

function names({ resources }: Changes): string[] {
  return resources.map(({ action, name }) => `${action} ${name}`);
}

/** A step as an engine would tell it; what is not said here is not looked at. */
function step(op: string, facts: object): EngineEvent {
  const metadata = { op, urn: "urn:pulumi:s::p::a:b:C::one", type: "a:b:C", ...facts } as unknown as StepEventMetadata;
  return { sequence: 1, timestamp: 0, resourcePreEvent: { metadata } };
}

describe("the changes of a preview", () => {
  test("are the most dangerous first, then by name, without the stack itself", () => {
    expect(names(changesOf(recordedEvents("preview-change")))).toEqual([
      "delete worker",
      "delete worker-actuator",
      "delete worker-live",
      "update host",
      "update web-actuator",
      "update web-live",
      "create cache",
      "create cache-actuator",
      "create cache-live",
    ]);
  });

  test("tell of a replacement once, with the property that forces it", () => {
    const { resources } = changesOf(ofInstance("preview-rename"));
    expect(resources.map(({ action, name }) => `${action} ${name}`)).toEqual([
      "replace instance-actuator",
      "replace instance-live",
      "update host",
    ]);
    expect(resources[1]?.properties.filter(({ replaces }) => replaces)).toEqual([
      { path: "instance", before: "proj", after: "renamed", replaces: true },
    ]);
  });

  test("tell each property with what is real before and what is promised after", () => {
    const live = changesOf(recordedEvents("preview-repair")).resources.find(({ name }) => name === "worker-live");
    expect(live).toMatchObject({ action: "update", properties: [{ path: "memoryMiB", before: 300, after: 512 }] });
  });

  test("tell a secret as a secret, and a value of later as one", () => {
    const actuator = changesOf(recordedEvents("preview-change")).resources.find(({ name }) => name === "web-actuator");
    expect(actuator?.properties).toEqual([
      {
        path: "environment.GROUNDWORK_GENERATION",
        before: "4aa23d37-d7bd-447e-abb4-22d0b140bd55",
        after: "known after apply",
      },
      { path: "stdin", before: "[secret]", after: "[secret]" },
    ]);
  });

  test("tell what had changed behind Pulumi's back, and how many resources stay", () => {
    const { drift, unchanged } = changesOf(recordedEvents("preview-repair"));
    expect(drift.map(({ name, properties }) => [name, properties.map(({ path }) => path)])).toEqual([
      ["web-live", ["exists", "running"]],
      ["worker-live", ["memoryMiB"]],
    ]);
    expect(unchanged).toBe(3);
  });

  test("tell every property of what the program says differently where the provider names none", () => {
    const sides = { old: { inputs: { a: 1, b: 2 }, outputs: {} }, new: { inputs: { a: 1, c: 3 } } };
    expect(changesOf([step("update", sides)]).resources[0]?.properties).toEqual([
      { path: "b", before: 2, after: undefined },
      { path: "c", before: undefined, after: 3 },
    ]);
  });

  test("compare with what was said where the provider says that it did", () => {
    const detailedDiff = { a: { diffKind: "update", inputDiff: true } };
    const sides = { old: { inputs: { a: 1 }, outputs: { a: 2 } }, new: { inputs: { a: 3 } }, detailedDiff };
    expect(changesOf([step("update", sides)]).resources[0]?.properties).toEqual([{ path: "a", before: 1, after: 3 }]);
  });

  test("count what is left of an earlier replacement as deleted", () => {
    expect(names(changesOf([step("delete-replaced", { old: { inputs: {}, outputs: {} }, new: null })]))).toEqual([
      "delete one",
    ]);
  });

  test("leave out a secret that stands in clear", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"hunter2"' };
    const made = changesOf([step("create", { new: { inputs: { deep: [{ token: secret }] } } })]);
    expect(made.resources[0]?.properties).toEqual([{ path: "deep", after: [{ token: "[secret]" }] }]);
  });
});

describe("the drift of a refresh", () => {
  test("is each property, promised and real", () => {
    expect(driftOf(recordedEvents("drift")).map(({ name, properties }) => ({ name, properties }))).toEqual([
      {
        name: "web-live",
        properties: [
          { path: "exists", before: true, after: false },
          { path: "running", before: true, after: false },
        ],
      },
      { name: "worker-live", properties: [{ path: "memoryMiB", before: 512, after: 300 }] },
    ]);
  });

  test("is told of what is gone altogether", () => {
    const { resourcePreEvent } = step("delete", { old: { inputs: { a: 1 }, outputs: {} }, new: null });
    const gone = { sequence: 1, timestamp: 0, resOutputsEvent: resourcePreEvent } as EngineEvent;
    expect(driftOf([gone])).toMatchObject([{ name: "one", isGone: true, properties: [] }]);
  });
});
