/** The plugin's custom resource definitions, on a real API server. */

import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CustomResourceDefinitions } from "../../plugin/custom-resource-definitions";
import type { PropertyMap } from "../../plugin/resource";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";

jest.setTimeout(120_000);

/** A definition of a kind `Widget`, whose spec has a text of this name. */
const widget = (field: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { ${field}: { type: string } } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: not-a-definition }
`;

/** Empty for a file that is gone by now. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

describeWithControlPlane("the custom resource definitions of a cluster", () => {
  const definitions = new CustomResourceDefinitions();
  const path = process.env["PATH"];
  let folder: string, plane: ControlPlane, file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
    plane = await ControlPlane.start(join(folder, "plane"), { nodes: 0 });
    file = join(folder, "widgets.yaml");
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const inputsOf = (version: string, sources = [file]): PropertyMap => ({
    kubeconfig: plane.kubeconfig,
    sets: [{ name: "widgets", version, sources }],
  });
  const create = (inputs: PropertyMap) => definitions.create(inputs, false);
  const name = "widgets.example.com";

  beforeEach(async () => {
    writeFileSync(file, widget("size"));
    await plane.kubectl("delete", "customresourcedefinitions", "--all", "--ignore-not-found");
  });

  test("are served as soon as they were made", async () => {
    const { outputs } = await create(inputsOf("1.0.0"));
    expect(outputs["definitions"]).toEqual({ [name]: "widgets 1.0.0, generation 1" });
    const made = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: { size: "large" } };
    const applied = await plane.tryKubectl(["create", "--namespace", "default", "--filename=-"], JSON.stringify(made));
    expect(applied.exitCode).toBe(0);
  });

  test("are waited for though kubectl takes those without conditions for an error", async () => {
    // What kubectl 1.36 said of definitions that an API server under load had just made.
    const said = "error: .status.conditions accessor error: <nil> is of the type <nil>, expected []interface{}";
    const script = `case "$*" in *" wait "*) [ -e "$0.asked" ] || { : > "$0.asked"; echo '${said}' >&2; exit 1; };; esac`;
    const early = join(folder, "early");
    mkdirSync(early);
    writeFileSync(join(early, "kubectl"), `#!/bin/sh\n${script}\nexec ${kubectlPath}/kubectl "$@"\n`, { mode: 0o755 });
    const before = process.env["PATH"];
    process.env["PATH"] = `${early}:${before ?? ""}`;
    try {
      const { outputs } = await create(inputsOf("1.0.0"));
      expect(outputs["definitions"]).toEqual({ [name]: "widgets 1.0.0, generation 1" });
      expect(existsSync(join(early, "kubectl.asked"))).toBe(true);
    } finally {
      process.env["PATH"] = before;
    }
  });

  test("have not drifted right after they were made", async () => {
    const { id, outputs } = await create(inputsOf("1.0.0"));
    const read = await definitions.read(id, outputs, inputsOf("1.0.0"));
    expect(await definitions.diff(read.outputs, inputsOf("1.0.0"))).toEqual({});
  });

  test("of another version take the place of those before, and custom resources stay", async () => {
    const { id, outputs } = await create(inputsOf("1.0.0"));
    const made = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: { size: "large" } };
    await plane.tryKubectl(["create", "--namespace", "default", "--filename=-"], JSON.stringify(made));
    writeFileSync(file, widget("color"));
    expect(await definitions.diff(outputs, inputsOf("2.0.0"))).toEqual({ sets: "update" });
    const updated = await definitions.update(id, outputs, inputsOf("2.0.0"), false);
    expect(updated["definitions"]).toEqual({ [name]: "widgets 2.0.0, generation 2" });
    expect(await plane.kubectl("get", "widgets", "--namespace", "default", "--output", "name")).toBe(
      "widget.example.com/a",
    );
  });

  test("that somebody removed have drifted, and are made again", async () => {
    const { id, outputs } = await create(inputsOf("1.0.0"));
    await plane.kubectl("delete", "customresourcedefinition", name);
    const read = await definitions.read(id, outputs, inputsOf("1.0.0"));
    expect(await definitions.diff(read.outputs, inputsOf("1.0.0"))).toEqual({ definitions: "update" });
    const repaired = await definitions.update(id, read.outputs, inputsOf("1.0.0"), false);
    expect(await definitions.diff(repaired, inputsOf("1.0.0"))).toEqual({});
  });

  test("that somebody changed by hand have drifted, and are taken back", async () => {
    const { id, outputs } = await create(inputsOf("1.0.0"));
    const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/type";
    const patch = JSON.stringify([{ op: "replace", path, value: "integer" }]);
    await plane.kubectl("patch", "customresourcedefinition", name, "--type=json", "--patch", patch);
    const read = await definitions.read(id, outputs, inputsOf("1.0.0"));
    expect(await definitions.diff(read.outputs, inputsOf("1.0.0"))).toEqual({ definitions: "update" });
    await definitions.update(id, read.outputs, inputsOf("1.0.0"), false);
    const type = await plane.kubectl("get", "customresourcedefinition", name, "--output", "json");
    expect(JSON.parse(type)).toHaveProperty(
      ["spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec", "properties", "size", "type"],
      "string",
    );
  });

  test("stay when the platform goes, because every custom resource would go with them", async () => {
    await create(inputsOf("1.0.0"));
    await definitions.delete();
    expect(await plane.kubectl("get", "customresourcedefinitions", "--output", "name")).toContain(name);
  });

  test("of somebody else are left alone and are no drift", async () => {
    writeFileSync(join(folder, "other.yaml"), widget("size").replaceAll("example.com", "example.org"));
    await plane.kubectl("create", "--namespace", "default", "--filename", join(folder, "other.yaml"));
    const { id, outputs } = await create(inputsOf("1.0.0"));
    const read = await definitions.read(id, outputs, inputsOf("1.0.0"));
    expect(read.outputs["definitions"]).toEqual({ [name]: "widgets 1.0.0, generation 1" });
    await plane.kubectl("delete", "--namespace", "default", "--filename", join(folder, "other.yaml"));
  });

  test("that cannot be read say from where, and what to do", async () => {
    const missing = join(folder, "missing.yaml");
    await expect(create(inputsOf("1.0.0", [missing]))).rejects.toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      message: expect.stringContaining(`widgets 1.0.0 cannot be read from ${missing}`) as string,
    });
  });

  test("of a cluster that does not answer end in one sentence, and the kubeconfig is left nowhere", async () => {
    const away = { ...inputsOf("1.0.0"), kubeconfig: plane.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1") };
    await expect(create(away)).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE" });
    // Other tests call clusters of their own at the same time.
    const files = globSync(join(tmpdir(), "groundwork-kubectl-*", "*"));
    expect(files.filter((file) => readIfThere(file).includes('127.0.0.1:1"'))).toEqual([]);
  });

  test("of a cluster that does not answer are gone only when that is said of all that is unreachable", async () => {
    const { id, outputs } = await create(inputsOf("1.0.0"));
    const away = { ...inputsOf("1.0.0"), kubeconfig: plane.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1") };
    await expect(definitions.read(id, outputs, away)).rejects.toThrow("The cluster does not answer");
    process.env["PULUMI_K8S_DELETE_UNREACHABLE"] = "true";
    try {
      expect((await definitions.read(id, outputs, away)).id).toBe("");
    } finally {
      delete process.env["PULUMI_K8S_DELETE_UNREACHABLE"];
    }
  });

  const published = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
  if (!existsSync(published)) process.stderr.write("skipped: the definitions that the projects publish are not here\n");
  (existsSync(published) ? test : test.skip)("that the projects publish are all accepted", async () => {
    const sources = readdirSync(published).map((one) => join(published, one));
    const { outputs } = await create(inputsOf("1.0.0", sources));
    const count = sources.flatMap((one) => readFileSync(one, "utf8").match(/^kind: CustomResourceDefinition$/gm) ?? []);
    expect(Object.keys(outputs["definitions"] as object)).toHaveLength(count.length);
  });
});
