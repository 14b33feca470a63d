import { pathParts, valueAt } from "../../../../delivery/changes/property-path";

test.each([
  ["memoryMiB", ["memoryMiB"]],
  ["spec.ports[0].name", ["spec", "ports", "0", "name"]],
  ['metadata.labels["app.kubernetes.io/name"]', ["metadata", "labels", "app.kubernetes.io/name"]],
  ['["a \\"b\\""].c', ['a "b"', "c"]],
  ["[0][1]", ["0", "1"]],
])("%s has its parts", (path, parts) => {
  expect(pathParts(path)).toEqual(parts);
});

test("what is no path is one name", () => {
  expect(pathParts("a[[")).toEqual(["a[["]);
});

test("a value is found in maps and lists, and nothing where there is none", () => {
  const value = { spec: { ports: [{ name: "http" }] } };
  expect(valueAt(value, "spec.ports[0].name")).toBe("http");
  expect(valueAt(value, "spec.ports[1].name")).toBeUndefined();
  expect(valueAt(value, "spec.toString")).toBeUndefined();
});

test("a secret stands for all that is inside it", () => {
  expect(valueAt({ data: "[secret]" }, "data.password")).toBe("[secret]");
});
