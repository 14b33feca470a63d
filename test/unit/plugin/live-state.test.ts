import type { Observation } from "../../../drivers/driver";
import { LiveState } from "../../../plugin/live-state";
import type { PropertyMap } from "../../../plugin/resource";
import { promisedNames, unknownValue } from "../../../settings/instance-properties";
import { identity, instanceProperties } from "../drivers/support";

const promised = instanceProperties({
  command: ["sleep", "600"],
  ports: ["127.0.0.1:8100:80/tcp", "127.0.0.1:8101:81/tcp"],
  volumes: ["cache:/cache:rw"],
  machines: ["database"],
});
/** The component hands the id over as `instance`: Pulumi keeps the word `id` for its own. */
const inputs: PropertyMap = {
  host: identity.host,
  stack: identity.stack,
  instance: identity.id,
  backend: identity.backend,
  ...promised,
};
const state: PropertyMap = { ...inputs, generation: "a-generation" };

/** A sensor over one observation; `forgotten` counts how often it asked for a new snapshot. */
function sensorOver(observation: Observation = { state: "absent" }, playbook?: string) {
  const asked: unknown[] = [];
  let forgotten = 0;
  const observer = {
    observe: (wanted: unknown) => {
      asked.push(wanted);
      return Promise.resolve(observation);
    },
    playbookOf: () => playbook,
    forget: () => {
      forgotten++;
    },
  };
  return { sensor: new LiveState(observer), asked, forgotten: () => forgotten };
}

const { sensor } = sensorOver();

describe("the difference of state and inputs", () => {
  test("is none where nothing differs, the generation apart", async () => {
    expect(await sensor.diff(state, inputs)).toEqual({});
  });

  const otherValues: Record<string, unknown> = {
    exists: false,
    name: "another",
    running: false,
    memoryMiB: 1,
    cpus: 4,
    diskGiB: 30,
    image: "another",
    command: [],
    ports: [],
    volumes: [],
    network: "another",
    machines: [],
    ipAddress: "192.168.58.10",
    environmentDigest: "another",
    labels: { ...promised.labels, "groundwork.stack": "another" },
  };

  test("is tested below for every property that can drift", () => {
    expect(Object.keys(otherValues)).toEqual([...promisedNames]);
  });

  test.each(promisedNames)("of %s is an update of that property alone", async (name) => {
    expect(await sensor.diff({ ...state, [name]: otherValues[name] }, inputs)).toEqual({ [name]: "update" });
  });

  test.each(["host", "stack", "instance", "backend"])("of %s is another instance", async (name) => {
    expect(await sensor.diff({ ...state, [name]: "another" }, inputs)).toEqual({ [name]: "replace" });
  });

  test("of several properties names them all", async () => {
    const real = { ...state, exists: false, running: false, instance: "another" };
    expect(await sensor.diff(real, inputs)).toEqual({ exists: "update", running: "update", instance: "replace" });
  });

  test("is none where a map has another order", async () => {
    const labels = Object.fromEntries(Object.entries(promised.labels).reverse());
    expect(await sensor.diff({ ...state, labels }, inputs)).toEqual({});
  });

  test("is one where a list has another order", async () => {
    expect(await sensor.diff({ ...state, command: ["600", "sleep"] }, inputs)).toEqual({ command: "update" });
  });

  test("is one where the state lacks the property", async () => {
    const { cpus, ...others } = state;
    expect([cpus, await sensor.diff(others, inputs)]).toEqual([1.5, { cpus: "update" }]);
  });

  test("is one where a preview cannot know the value yet", async () => {
    expect(await sensor.diff(state, { ...inputs, ports: unknownValue })).toEqual({ ports: "update" });
  });

  test("is one where a preview cannot know a part of the value yet", async () => {
    expect(await sensor.diff(state, { ...inputs, ports: [promised.ports[0], unknownValue] })).toEqual({
      ports: "update",
    });
  });
});

describe("check", () => {
  test("takes the inputs as they are", async () => {
    expect(await sensor.check(inputs)).toEqual({ inputs, failures: [] });
  });
});

describe("create", () => {
  test("answers with the inputs, a generation, and the name as id", async () => {
    expect(await sensor.create(inputs, false)).toEqual({
      id: identity.name,
      outputs: { ...inputs, generation: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
  });

  test("answers a preview with a generation that is not known, and no id", async () => {
    expect(await sensor.create(inputs, true)).toEqual({ id: "", outputs: { ...inputs, generation: unknownValue } });
  });
});

describe("update", () => {
  test("answers with the inputs of now, not with the state", async () => {
    const outputs = await sensor.update(identity.name, { ...state, running: false }, inputs, false);
    expect(outputs).toMatchObject(inputs);
  });

  test("answers a preview with a generation that is not known", async () => {
    expect(await sensor.update(identity.name, state, inputs, true)).toMatchObject({ generation: unknownValue });
  });
});

test("every create and every update has a generation of its own", async () => {
  const created = (await sensor.create(inputs, false)).outputs["generation"];
  const first = (await sensor.update(identity.name, state, inputs, false))["generation"];
  const second = (await sensor.update(identity.name, state, inputs, false))["generation"];
  expect(new Set([created, first, second, unknownValue, "a-generation"]).size).toBe(5);
});

describe("read", () => {
  test("asks for the instance of the inputs, and for nothing else", async () => {
    const { sensor, asked } = sensorOver();
    await sensor.read(identity.name, state, inputs);
    expect(asked).toEqual([identity]);
  });

  test("says of an absent instance that it does not exist, and keeps the id", async () => {
    const { sensor } = sensorOver({ state: "absent" });
    expect(await sensor.read(identity.name, state, inputs)).toEqual({
      id: identity.name,
      outputs: { ...state, exists: false, running: false },
    });
  });

  test("says of an instance whose name someone else has that it does not exist", async () => {
    const { sensor } = sensorOver({ state: "foreign", objectId: "theirs", description: "theirs" });
    expect((await sensor.read(identity.name, state, inputs)).outputs).toEqual({
      ...state,
      exists: false,
      running: false,
    });
  });

  test("says what is really there", async () => {
    const properties = { ...promised, image: "another", ports: [] };
    const { sensor } = sensorOver({ state: "present", objectId: "ours", active: true, properties });
    expect((await sensor.read(identity.name, state, inputs)).outputs).toEqual({
      ...state,
      image: "another",
      ports: [],
    });
  });

  test("keeps the promised value of a property that the backend does not show now", async () => {
    const { memoryMiB, ...shown } = promised;
    const { sensor } = sensorOver({ state: "present", objectId: "ours", active: true, properties: shown });
    const stale = { ...state, memoryMiB: 1 };
    expect((await sensor.read(identity.name, stale, inputs)).outputs).toMatchObject({ memoryMiB });
  });

  test("keeps the generation, so that looking alone makes nothing run", async () => {
    const { sensor } = sensorOver({ state: "present", objectId: "ours", active: true, properties: promised });
    expect((await sensor.read(identity.name, state, inputs)).outputs).toEqual(state);
  });

  test("does not take up what the last read found", async () => {
    const { sensor } = sensorOver({ state: "present", objectId: "ours", active: true, properties: promised });
    expect((await sensor.read(identity.name, { ...state, exists: false }, inputs)).outputs).toEqual(state);
  });

  test("asks for no new snapshot: one serves all instances of a refresh", async () => {
    const { sensor, forgotten } = sensorOver();
    await sensor.read(identity.name, state, inputs);
    expect(forgotten()).toBe(0);
  });
});

describe("the playbook of an instance", () => {
  const present: Observation = { state: "present", objectId: "ours", active: true, properties: promised };
  const withPlaybook = { ...inputs, playbook: "promised-digest" };
  const read = async (observation: Observation, applied?: string) => {
    const { outputs } = await sensorOver(observation, applied).sensor.read(identity.name, state, withPlaybook);
    return outputs["playbook"];
  };

  test("is the one that was applied", async () => {
    expect(await read(present, "applied-digest")).toBe("applied-digest");
  });

  test("is none where it was cut off", async () => {
    expect(await read(present)).toBe("not applied");
  });

  test("is none where the instance is gone, whatever the ledger remembers", async () => {
    expect(await read({ state: "absent" }, "applied-digest")).toBe("not applied");
  });

  test("is nothing to compare where none is promised", async () => {
    const { sensor } = sensorOver(present, "applied-digest");
    expect((await sensor.read(identity.name, state, inputs)).outputs).not.toHaveProperty("playbook");
  });
});

test.each<[string, (sensor: LiveState) => Promise<unknown>]>([
  ["create", (sensor) => sensor.create(inputs, false)],
  ["update", (sensor) => sensor.update(identity.name, state, inputs, false)],
  ["delete", (sensor) => sensor.delete()],
])("after %s the next read takes a new snapshot", async (_operation, run) => {
  const { sensor, forgotten } = sensorOver();
  await run(sensor);
  expect(forgotten()).toBe(1);
});
