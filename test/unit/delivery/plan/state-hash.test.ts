import { stateHash } from "../../../../delivery/plan/state-hash";

const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

function exported(changes: { resources?: object[]; time?: string; pending?: object[] } = {}): string {
  const { resources = [one(), two()], time = "2026-11-30T20:57:22Z", pending } = changes;
  const deployment = { manifest: { time, magic: "m" }, resources, ...(pending && { pending_operations: pending }) };
  return JSON.stringify({ version: 3, deployment });
}

function one(facts: object = {}): object {
  return { urn: "urn:1", id: "1", inputs: { size: 1 }, modified: "2026-11-01T00:00:00Z", ...facts };
}

function two(ciphertext = "v1:a:b"): object {
  return { urn: "urn:2", id: "2", inputs: { token: { ...signature, ciphertext } } };
}

const before = stateHash(exported());

test("stays when the state is written again: another time, another order, secrets encrypted anew", () => {
  const again = exported({ time: "2026-12-01T00:00:00Z", resources: [two("v1:c:d"), one()] });
  expect(stateHash(again)).toBe(before);
});

test.each([
  ["a property", { resources: [one({ inputs: { size: 2 } }), two()] }],
  ["an id", { resources: [one({ id: "3" }), two()] }],
  ["a resource that is gone", { resources: [one()] }],
  ["a resource that waits to be deleted", { resources: [one(), one({ delete: true }), two()] }],
  ["a secret, by its resource's time of change", { resources: [one({ modified: "2026-11-02T00:00:00Z" }), two()] }],
  [
    "a property that is a secret now",
    { resources: [one({ inputs: { size: { ...signature, ciphertext: "x" } } }), two()] },
  ],
  ["an operation that was cut off", { pending: [{ type: "creating" }] }],
])("changes with %s", (_, changes) => {
  expect(stateHash(exported(changes))).not.toBe(before);
});

test("of a stack that holds nothing yet there is one too", () => {
  expect(stateHash('{"version":3,"deployment":null}')).toMatch(/^[0-9a-f]{64}$/);
});

test("of what is no state there is none", () => {
  expect(() => stateHash("error: no stack selected")).toThrow("printed no state");
});
