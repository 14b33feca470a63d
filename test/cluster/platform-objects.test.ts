/** What the platform makes besides its charts, on a real API server: accepted as it is, and it refuses what it must refuse. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ControlPlane, describeWithControlPlane } from "../support/control-plane";
import { allSecrets, platformSettings } from "../unit/components/platform-settings";
import { registrationsOf, revealed, type Registration } from "../unit/components/registrations";
import { platformStack } from "../../stacks/platform";

jest.setTimeout(180_000);

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The definitions that the projects publish; without them the custom resources of the platform are left out. */
const definitions = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
const hasDefinitions = existsSync(definitions);
if (!hasDefinitions) process.stderr.write("skipped: custom resources, whose definitions are not here\n");

const settings = platformSettings({
  cluster: { existing: { kubeconfig: "/dev/null" } },
  ingress: { challenge: "dns01", externalDns: true },
  gitops: { githubOrganization: "example" },
  teams: { web: { github: "web-developers", rights: { staging: "deploy", production: "view" } } },
});

/** All objects of Kubernetes that the program registers by itself; what a chart renders is its plugin's affair. */
async function platformObjects(): Promise<readonly KubernetesObject[]> {
  const args = { stack: "prod", settings, secrets: allSecrets };
  const { all } = await registrationsOf({}, () => platformStack(args));
  const isObject = ({ type }: Registration) => /^kubernetes:(?!helm\.sh)/.test(type);
  return all.filter(isObject).map(({ inputs }) => revealed(inputs) as KubernetesObject);
}

const isBuiltIn = ({ apiVersion }: KubernetesObject) => !apiVersion.includes(".") || apiVersion.includes(".k8s.io/");

/** A pod of an environment, as its chart would make it, but for these fields of its container. */
const podWith = (name: string, container: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "staging" },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "main",
        image: "example.com/service:1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        ...container,
      },
    ],
  },
});

describeWithControlPlane("the objects of a platform", () => {
  let folder: string, plane: ControlPlane;
  let objects: readonly KubernetesObject[];
  /** What the API server said of the objects that it refused. */
  const refused: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"));
    if (hasDefinitions) await plane.define(definitions);
    objects = (await platformObjects()).filter((one) => hasDefinitions || isBuiltIn(one));
    const isNamespace = ({ kind }: KubernetesObject) => kind === "Namespace";
    for (const items of [objects.filter(isNamespace), objects.filter((one) => !isNamespace(one))]) {
      const { exitCode, stderr } = await apply({ apiVersion: "v1", kind: "List", items });
      if (exitCode !== 0) refused.push(stderr.trim());
    }
    // Until its quota was counted once, and the account that pods run by is there, a namespace lets nothing in.
    await plane.kubectl("wait", "--for=create", "serviceaccount/default", "--namespace=staging");
    await plane.kubectl("wait", "--for=jsonpath={.status.hard}", "resourcequota", "--all", "--namespace=staging");
  });
  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const apply = (object: object) => plane.applyStrictly(object);

  const may = async (who: string, verb: string, resource: string, namespace: string) => {
    const as = ["--as", "somebody", "--as-group", who];
    const { stdout } = await plane.tryKubectl(["auth", "can-i", verb, resource, "--namespace", namespace, ...as]);
    return stdout.trim();
  };

  test("are all accepted, every field of them", () => {
    expect(refused).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["Namespace", "NetworkPolicy", "ResourceQuota"]),
    );
  });

  test("would not be with a field that there is not", async () => {
    const [quota] = objects.filter(({ kind }) => kind === "ResourceQuota");
    const { exitCode, stderr } = await apply({ ...quota, specs: {} });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(".specs: field not declared in schema")]);
  });

  test("shut every namespace of ours both ways", async () => {
    const namespaces = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
    const format =
      "jsonpath={range .items[?(@.metadata.name=='default-deny')]}{.metadata.namespace} {.spec}{'\\n'}{end}";
    const told = (await plane.kubectl("get", "networkpolicies", "--all-namespaces", "--output", format)).split("\n");
    const shut = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
    const found = told.map((line) => [line.split(" ")[0], JSON.parse(line.slice(line.indexOf(" "))) as unknown]);
    expect(found.sort()).toEqual(namespaces.map((name) => [name, shut]).sort());
  });

  test("let a restricted pod into an environment, with what the quota asks after", async () => {
    expect(await apply(podWith("restricted", {}))).toMatchObject({ exitCode: 0, stderr: "" });
    const resources = await plane.kubectl(
      ...["get", "pod", "restricted", "--namespace", "staging"],
      ...["--output", "jsonpath={.spec.containers[0].resources}"],
    );
    expect(JSON.parse(resources)).toEqual({
      limits: { memory: "256Mi" },
      requests: { cpu: "50m", memory: "128Mi" },
    });
  });

  test("keep a privileged pod out of an environment", async () => {
    const { exitCode, stderr } = await apply(podWith("privileged", { securityContext: { privileged: true } }));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('violates PodSecurity "restricted:latest"')]);
  });

  test("keep a pod out that asks for more than the environment's quota", async () => {
    const resources = { requests: { cpu: "5", memory: "1Gi" }, limits: { memory: "1Gi" } };
    const { exitCode, stderr } = await apply(podWith("large", { resources }));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("exceeded quota: quota, requested: requests.cpu=5"),
    ]);
  });

  test("keep a load balancer out of an environment, which would be paid for", async () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "paid", namespace: "staging" },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: "paid" } },
    };
    expect((await apply(service)).stderr).toContain("exceeded quota");
  });

  test("let a team restart where it may deploy, and look where it may view", async () => {
    const team = "example:web-developers";
    const asked = [
      await may(team, "patch", "deployments.apps", "staging"),
      await may(team, "patch", "deployments.apps", "production"),
      await may(team, "get", "pods", "production"),
    ];
    expect(asked).toEqual(["yes", "no", "yes"]);
  });

  test("let no team read secrets, reach into pods, or leave its environments", async () => {
    const team = "example:web-developers";
    const asked = [
      await may(team, "get", "secrets", "staging"),
      await may(team, "create", "pods/exec", "staging"),
      await may(team, "get", "pods", "argocd"),
      await may("example:strangers", "get", "pods", "staging"),
    ];
    expect(asked).toEqual(["no", "no", "no", "no"]);
  });
});
