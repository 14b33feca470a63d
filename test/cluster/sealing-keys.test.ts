/** `bin/platform sealed-secrets` on a real API server. The controller is played: that it reads the keys is not shown. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformProgram } from "../../tools/platform/program";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";
import { laterRefusalOf } from "../support/refusal";

jest.setTimeout(120_000);

const label = "sealedsecrets.bitnami.com/sealed-secrets-key";
const pod = {
  metadata: { labels: { name: "sealed-secrets" } },
  spec: { containers: [{ name: "controller", image: "sealed-secrets" }] },
};
const objects = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "secrets" } },
  ...["old", "new"].map((name) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "secrets", labels: { [label]: "active" } },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": `certificate of ${name}`, "tls.key": `key of ${name}` },
  })),
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "sealed-secrets", namespace: "secrets" },
    spec: { selector: { matchLabels: pod.metadata.labels }, template: pod },
  },
];

describeWithControlPlane("the keys of sealed secrets", () => {
  const { PATH: path, KUBECONFIG: kubeconfig } = process.env;
  let folder: string, plane: ControlPlane;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"));
    writeFileSync(join(folder, "kubeconfig"), plane.kubeconfig, { mode: 0o600 });
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
    process.env["KUBECONFIG"] = join(folder, "kubeconfig");
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    if (kubeconfig === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = kubeconfig;
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const platform = (...command: string[]) =>
    platformProgram().parseAsync(["sealed-secrets", ...command], { from: "user" });
  const keys = async () => {
    const answer = await plane.kubectl("get", "secrets", "-n", "secrets", "-l", label, "-o", "json");
    const { items } = JSON.parse(answer) as { items: { metadata: { name: string }; data: { "tls.key": string } }[] };
    return items.map(({ metadata, data }) => [metadata.name, Buffer.from(data["tls.key"], "base64").toString()]);
  };

  test("that are lost come back from their file, all of them, and the controller starts anew", async () => {
    const file = join(folder, "keys.json");
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await plane.tryKubectl(["apply", "--server-side", "--filename=-"], list);
    await platform("backup", file);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    await plane.kubectl("delete", "secrets", "-n", "secrets", "-l", label);
    const refusal = await laterRefusalOf(platform("backup", join(folder, "empty.json")));
    expect(refusal.code).toBe("INFRA_NOT_FOUND");

    await platform("restore", file);
    expect(await keys()).toEqual([
      ["new", "key of new"],
      ["old", "key of old"],
    ]);
    const revision = ["get", "deployment", "sealed-secrets", "-n", "secrets", "-o", "jsonpath={.metadata.generation}"];
    expect(await plane.kubectl(...revision)).toBe("2");
  });
});
