import { differences, type ChangeKind, type ObservedProperties } from "../../../drivers/driver";
import { planChange } from "../../../drivers/containers/plan-change";
import { ownerLabels, promisedNames, type InstanceProperties } from "../../../settings/instance-properties";
import { identity, instanceProperties } from "./support";

const desired = instanceProperties({
  ports: ["127.0.0.1:8100:80/tcp"],
  volumes: ["cache:/cache:rw"],
  machines: ["database"],
});

/** For each property: another value, and how the difference is made up. */
const table: readonly (readonly [keyof InstanceProperties, Partial<ObservedProperties>, ChangeKind])[] = [
  ["name", { name: "renamed-by-hand" }, "in place"],
  ["running", { running: false }, "restart"],
  ["memoryMiB", { memoryMiB: 1024 }, "in place"],
  ["cpus", { cpus: 4 }, "in place"],
  ["image", { image: "docker.io/library/debian:13" }, "replace"],
  ["command", { command: ["sleep", "1"] }, "recreate"],
  ["ports", { ports: [] }, "recreate"],
  ["volumes", { volumes: [] }, "recreate"],
  ["network", { network: "another" }, "recreate"],
  ["machines", { machines: [] }, "recreate"],
  ["ipAddress", { ipAddress: "192.168.58.10" }, "recreate"],
  ["environmentDigest", { environmentDigest: "another" }, "recreate"],
  ["labels", { labels: ownerLabels({ ...identity, stack: "another" }) }, "recreate"],
];

test("a container that is as desired needs no change", () => {
  expect(planChange(desired, desired)).toBe("none");
});

test.each(table)("a difference of %s alone is made up by the change the table names", (_name, real, change) => {
  expect(planChange({ ...desired, ...real }, desired)).toBe(change);
});

test.each(table)("a difference of %s alone is the only difference", (name, real) => {
  expect(differences({ ...desired, ...real }, desired)).toEqual([name]);
});

test("the table knows every property that can drift, but for existence and a disk, which a container has not", () => {
  const known = ["exists", "diskGiB", ...table.map(([name]) => name)];
  expect(known.sort()).toEqual([...promisedNames].sort());
});

const strength: readonly ChangeKind[] = ["none", "in place", "restart", "recreate", "replace"];
const pairs = table.flatMap((left, index) =>
  table.slice(index + 1).map((right) => [left[0], right[0], left, right] as const),
);

test.each(pairs)("a difference of %s and %s takes the stronger of the two changes", (_a, _b, left, right) => {
  const stronger = strength[Math.max(strength.indexOf(left[2]), strength.indexOf(right[2]))];
  expect(planChange({ ...desired, ...left[1], ...right[1] }, desired)).toBe(stronger);
});

test("limits that the backend does not show are taken as right", () => {
  const limits = ["memoryMiB", "cpus"];
  const shown = Object.fromEntries(Object.entries(desired).filter(([name]) => !limits.includes(name)));
  expect(planChange(shown as unknown as ObservedProperties, desired)).toBe("none");
});

test("the order of labels does not matter", () => {
  const labels = Object.fromEntries(
    Object.entries(desired.labels).reverse(),
  ) as unknown as InstanceProperties["labels"];
  expect(planChange({ ...desired, labels }, desired)).toBe("none");
});
