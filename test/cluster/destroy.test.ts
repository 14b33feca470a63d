/**
 * `bin/platform destroy` with a real API server and a real engine, against the stand-in of Linode's API. The stack holds nothing
 * but the kubeconfig: that a cluster's controllers remove what they made is played by the test.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyPlatform } from "../../tools/platform/destroy/destroy";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";
import { LinodeApi } from "../support/linode-api/server";
import { commandPlugin, PulumiWorkspace } from "../support/pulumi-workspace";
import { laterRefusalOf } from "../support/refusal";
import { skipSaying } from "../support/sandbox";

jest.setTimeout(180_000);

const token = "the-token-of-linode";
/** What the stack `test` calls its cluster. */
const label = "groundwork-test";

const describeWithEngine =
  commandPlugin === undefined ? skipSaying("there is no engine: run `make setup`") : describeWithControlPlane;

const namespace = (name: string, labels: object = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
const volume = (id: number, claim: string, policy: "Retain" | "Delete") => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `pvc-${String(id)}` },
  spec: {
    capacity: { storage: "10Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: policy,
    csi: { driver: "linodebs.csi.linode.com", volumeHandle: `${String(id)}-pvc${String(id)}` },
    claimRef: { namespace: claim.split("/")[0], name: claim.split("/")[1] },
  },
});
const balanced = (name: string, inNamespace: string, annotations: object = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: inNamespace, annotations },
  spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
});

describeWithEngine("a destroy of a platform", () => {
  const { PATH: path } = process.env;
  let folder: string, plane: ControlPlane, api: LinodeApi, stack: PulumiWorkspace;
  let ids: Record<"retained" | "going" | "foreign" | "own" | "preserved" | "removed" | "stranger", number>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"), { nodes: 0 });
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    api = await LinodeApi.start({ tokens: { [token]: ["*"] }, kubeconfig: plane.kubeconfig });
    await makePaidObjects();
    stack = await makeStack();
  });
  afterEach(async () => {
    stack.remove();
    await api.stop();
    await plane.kubectl("delete", "persistentvolumes", "--all", "--timeout=60s");
    await plane.kubectl("delete", "services", "--all-namespaces", "--selector", "!component");
  });

  /** What the controllers of a cluster have made in an account, and the objects that it was made for. */
  async function makePaidObjects(): Promise<void> {
    const [of, at] = [{ size: 10 }, (last: number) => `192.0.2.${String(last)}`];
    ids = {
      retained: api.paid.addVolume({ ...of, label: "retained" }),
      going: api.paid.addVolume({ ...of, label: "going" }),
      foreign: api.paid.addVolume({ ...of, label: "foreign", size: 30 }),
      own: api.paid.addBalancer({ label: "own", ipv4: at(1) }),
      preserved: api.paid.addBalancer({ label: "preserved", ipv4: at(2), tags: [label] }),
      removed: api.paid.addBalancer({ label: "removed", ipv4: at(3), tags: [label] }),
      stranger: api.paid.addBalancer({ label: "stranger", ipv4: at(4) }),
    };
    const preserve = { "service.beta.kubernetes.io/linode-loadbalancer-preserve": "true" };
    const items = [
      namespace("monitoring", { "app.kubernetes.io/managed-by": "groundwork" }),
      ...[volume(ids.retained, "monitoring/loki-0", "Retain"), volume(ids.going, "monitoring/tempo-0", "Delete")],
      volume(ids.foreign, "default/data", "Delete"),
      ...[balanced("own", "default"), balanced("preserved", "monitoring", preserve), balanced("removed", "monitoring")],
    ];
    const { exitCode, stderr } = await plane.applyStrictly({ apiVersion: "v1", kind: "List", items });
    if (exitCode !== 0) throw new Error(stderr);
    await giveAddress("own", "default", at(1));
    await giveAddress("preserved", "monitoring", at(2));
    await giveAddress("removed", "monitoring", at(3));
  }

  async function giveAddress(service: string, inNamespace: string, ip: string): Promise<void> {
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip }] } } });
    const options = ["--namespace", inNamespace, "--subresource=status", "--patch", status];
    await plane.kubectl("patch", "service", service, ...options);
  }

  /** A stack whose program gives the kubeconfig away as a secret, as that of a platform does. */
  async function makeStack(): Promise<PulumiWorkspace> {
    const program = join(folder, "program.js");
    const text = `exports.kubeconfig = require("@pulumi/pulumi").secret(${JSON.stringify(plane.kubeconfig)});`;
    writeFileSync(program, text);
    const made = await PulumiWorkspace.make({ program, plugins: {} });
    const configured = [
      await made.pulumi("config", "set", "linode:url", api.url),
      await made.pulumi("config", "set", "--secret", "linode:token", token),
      await made.pulumi("up", "--yes", "--skip-preview"),
    ];
    const failed = configured.find(({ exitCode }) => exitCode !== 0);
    if (failed !== undefined) throw new Error(failed.output);
    return made;
  }

  /** @param afterFirst what happens once it is told what would stay */
  async function destroy(yes: boolean, afterFirst: () => void = () => undefined) {
    const shown: string[] = [];
    const said: string[] = [];
    const show = (text: string) => {
      shown.push(text);
      if (shown.length === 1) afterFirst();
    };
    const isDone = await destroyPlatform({ workspace: stack.asWorkspace, yes, show, say: (line) => said.push(line) });
    return { isDone, shown, said };
  }

  /** The cells of the table that was shown. */
  function rowsOf(shown: readonly string[]): readonly (readonly string[])[] {
    const rows = shown.join("\n").match(/^│ (volume|NodeBalancer).*$/gm) ?? [];
    return rows.map((row) =>
      row
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }

  test("that nobody has confirmed names what would stay, each with its price and reason, and removes nothing", async () => {
    const { isDone, shown } = await destroy(false);
    expect(rowsOf(shown)).toEqual([
      [
        "volume",
        String(ids.retained),
        "retained",
        "1.00",
        "its reclaim policy is Retain; it was claimed by monitoring/loki-0",
      ],
      ["volume", String(ids.foreign), "foreign", "3.00", "its claim default/data is not of the stack"],
      ["NodeBalancer", String(ids.own), "own", "10.00", "its Service default/own is not of the stack"],
      [
        "NodeBalancer",
        String(ids.preserved),
        "preserved",
        "10.00",
        "its Service monitoring/preserved says to preserve it",
      ],
    ]);
    expect([shown.length, shown[0]?.split("\n").at(-1)]).toEqual([1, "Together 24.00 US dollars a month."]);
    expect([isDone, Object.keys(stack.outputs())]).toEqual([false, ["kubeconfig"]]);
  });

  test("that is confirmed is done, and ends with the commands for what is still there", async () => {
    const { isDone, shown } = await destroy(true, () => {
      api.paid.remove(ids.going);
      api.paid.remove(ids.removed);
    });
    expect([isDone, stack.outputs()]).toEqual([true, {}]);
    expect(shown[1]?.match(/linode-cli .*/g)).toEqual([
      `linode-cli volumes delete ${String(ids.retained)}`,
      `linode-cli volumes delete ${String(ids.foreign)}`,
      `linode-cli nodebalancers delete ${String(ids.own)}`,
      `linode-cli nodebalancers delete ${String(ids.preserved)}`,
    ]);
  });

  test("tells what a cluster was asked to remove and did not in time", async () => {
    const { shown } = await destroy(true);
    expect(shown[0]).not.toContain(String(ids.going));
    expect(shown[1]).toContain(`linode-cli volumes delete ${String(ids.going)}`);
  });

  test("goes on where the cluster is gone, and then knows what has its tag", async () => {
    await stack.pulumi("destroy", "--yes", "--skip-preview");
    const { shown } = await destroy(false);
    expect(rowsOf(shown).map(([, , name]) => name)).toEqual(["preserved", "removed"]);
  });

  test("without a token asks for it before Linode is asked, or anything is removed", async () => {
    await stack.pulumi("config", "rm", "linode:token");
    const { code, suggestion } = await laterRefusalOf(destroy(true));
    expect([code, suggestion]).toEqual([
      "CONFIG_MISSING",
      expect.stringContaining("pulumi config set --secret linode:token"),
    ]);
    expect([api.calls, Object.keys(stack.outputs())]).toEqual([[], ["kubeconfig"]]);
  });

  test("shows neither token nor kubeconfig", async () => {
    const { shown, said } = await destroy(true);
    const all = [...shown, ...said].join("\n");
    expect([all.includes(token), all.includes("certificate-authority")]).toEqual([false, false]);
  });

  test("of a cluster that somebody else made asks Linode nothing", async () => {
    await stack.pulumi("config", "set", "--path", "groundwork:platform.cluster.existing.kubeconfig", "/etc/k3s.yaml");
    const { shown } = await destroy(false);
    expect([api.calls, shown]).toEqual([
      [],
      ["The cluster of stack test is not the stack's own, and stays with all its volumes."],
    ]);
  });
});
