/**
 * A Kubernetes control plane of a test's own, on loopback: etcd, the API server, the controllers, the scheduler, and nodes
 * that kwok plays. Admission, quotas, roles, schemas and controllers are real; no image is pulled and no packet flows.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import { controlPlaneFolder } from "../../tools/test/control-plane-program";
import { until } from "../engine/support-outcome";
import { freePort } from "./free-port";
import { skipSaying } from "./sandbox";

const programs = controlPlaneFolder(join(__dirname, "..", ".."));

/** `describe` where a control plane can be started; elsewhere the whole group is skipped, and says why. */
export const describeWithControlPlane: jest.Describe =
  programs === undefined
    ? skipSaying("there is no control plane; `make test` builds it where Go and its modules are in reach")
    : describe;

/** What goes before PATH so that `kubectl` is found. */
export const kubectlPath = programs ?? "";

/** How a control plane is to be. */
export interface ControlPlaneOptions {
  /** @default 2 */
  readonly nodes?: number;
  /** The socket of a {@link Tunnel}, by which it calls webhooks and other API servers. @default it reaches no service */
  readonly tunnel?: string;
  /** A file with the authorities that it trusts besides those that objects name. @default the system's */
  readonly authorities?: string;
  /** Where ports of pods lead to, as `kubectl port-forward` asks the kubelet for them. @default nowhere */
  readonly forwards?: readonly PodForward[];
}

/** A port of a pod, and what answers there: pods are played, and no program is in them. */
export interface PodForward {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** A port of this host's loopback. */
  readonly target: number;
}

/** A running control plane. */
export class ControlPlane {
  private readonly processes: { readonly name: string; readonly process: ChildProcess }[] = [];
  private readonly token = randomBytes(16).toString("hex");

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly etcdPort: number,
    private readonly options: ControlPlaneOptions,
  ) {}

  /** Starts one whose files are in this folder. */
  static async start(folder: string, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    mkdirSync(folder, { recursive: true });
    const plane = new ControlPlane(folder, await freePort(), await freePort(), options);
    try {
      await plane.startAll(options.nodes ?? 2);
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  /** The kubeconfig of its administrator. */
  get kubeconfig(): string {
    const certificate = readFileSync(this.at("server.crt")).toString("base64");
    const cluster = { server: `https://127.0.0.1:${String(this.port)}`, "certificate-authority-data": certificate };
    // JSON is YAML.
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "test", user: { token: this.token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    });
  }

  /** Runs kubectl as its administrator and returns its trimmed output; fails the test when it did not succeed. */
  async kubectl(...parameters: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.tryKubectl(parameters);
    if (exitCode !== 0) throw new Error(`kubectl ${parameters.join(" ")} ended with ${String(exitCode)}: ${stderr}`);
    return stdout.trim();
  }

  /** {@link kubectl}, whatever its exit status. @param stdin what it reads, e.g. objects as YAML */
  async tryKubectl(parameters: readonly string[], stdin = "") {
    return x(join(kubectlPath, "kubectl"), ["--kubeconfig", this.at("kubeconfig"), ...parameters], { stdin });
  }

  /** Applies an object, or a `List` of them, with every field checked; whatever came of it. */
  async applyStrictly(object: object, ...options: string[]) {
    const strictly = ["apply", "--server-side", "--validate=strict", "--filename=-", ...options];
    return this.tryKubectl(strictly, JSON.stringify(object));
  }

  /** Installs the definitions of custom resources that are in a folder. */
  async define(definitions: string): Promise<void> {
    const files = readdirSync(definitions).flatMap((file) => ["--filename", join(definitions, file)]);
    await this.kubectl("apply", "--server-side", ...files);
    // Right after they were made they have no conditions yet, which kubectl takes for an error.
    const wait = ["wait", "--for=condition=Established", "customresourcedefinitions", "--all"];
    await until("the definitions are served", async () => (await this.tryKubectl(wait)).exitCode === 0);
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    // The API server takes its time at SIGTERM, and nothing of it is to be kept.
    const ended = this.processes.map(async ({ process: one }) => {
      if (one.exitCode !== null || one.signalCode !== null) return;
      const exit = once(one, "exit");
      one.kill("SIGKILL");
      await exit;
    });
    await Promise.all(ended);
  }

  private at(name: string): string {
    return join(this.folder, name);
  }

  private async startAll(nodes: number): Promise<void> {
    await this.makeKeys();
    const kubeconfig = ["--kubeconfig", this.at("kubeconfig")];
    const peer = await freePort();
    const client = `http://127.0.0.1:${String(this.etcdPort)}`;
    const peers = `http://127.0.0.1:${String(peer)}`;
    this.run("etcd", [
      ...["--data-dir", this.at("etcd"), "--unsafe-no-fsync", "--log-level", "error"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`],
    ]);
    const { authorities } = this.options;
    const trust = authorities === undefined ? {} : { SSL_CERT_FILE: authorities };
    this.run("kube-apiserver", [...this.apiServerFlags(client), ...this.tunnelFlags()], trust);
    await until("the API server is ready", () => this.isReady());
    this.run("kube-controller-manager", [
      ...[...kubeconfig, "--leader-elect=false", "--secure-port", String(await freePort())],
      ...["--service-account-private-key-file", this.at("server.key"), "--use-service-account-credentials"],
      ...["--root-ca-file", this.at("server.crt"), "--cert-dir", this.at("controllers")],
    ]);
    this.run("kube-scheduler", [
      ...[...kubeconfig, "--leader-elect=false", "--secure-port", String(await freePort())],
      ...["--cert-dir", this.at("scheduler")],
    ]);
    const kubelet = String(await freePort());
    this.run("kwok", [
      ...[...kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", ...this.forwardFlags()],
      ...["--config", join(kubectlPath, "stages.yaml"), "--server-address", `127.0.0.1:${kubelet}`],
      ...["--node-ip", "127.0.0.1", "--node-port", kubelet],
    ]);
    if (nodes > 0) await this.addNodes(nodes);
  }

  private async makeKeys(): Promise<void> {
    const files = ["-keyout", this.at("server.key"), "-out", this.at("server.crt")];
    const names = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc";
    const options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", names];
    const { exitCode, stderr } = await x("openssl", ["req", "-x509", ...options, ...files]);
    if (exitCode !== 0) throw new Error(`openssl ended with ${String(exitCode)}: ${stderr}`);
    writeFileSync(this.at("tokens.csv"), `${this.token},admin,admin,system:masters\n`, { mode: 0o600 });
    writeFileSync(this.at("kubeconfig"), this.kubeconfig, { mode: 0o600 });
  }

  private apiServerFlags(etcd: string): string[] {
    const [key, certificate] = [this.at("server.key"), this.at("server.crt")];
    return [
      ...["--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--secure-port", String(this.port)],
      ...["--tls-cert-file", certificate, "--tls-private-key-file", key, "--token-auth-file", this.at("tokens.csv")],
      ...["--service-account-key-file", certificate, "--service-account-signing-key-file", key],
      ...["--service-account-issuer", "https://kubernetes.default.svc", "--service-cluster-ip-range", "10.128.0.0/16"],
      ...["--authorization-mode=RBAC", "--endpoint-reconciler-type=none", "--allow-privileged=true"],
    ];
  }

  /** https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity */
  private tunnelFlags(): string[] {
    const { tunnel } = this.options;
    if (tunnel === undefined) return [];
    const connection = { proxyProtocol: "HTTPConnect", transport: { uds: { udsName: tunnel } } };
    const kind = { apiVersion: "apiserver.k8s.io/v1beta1", kind: "EgressSelectorConfiguration" };
    const selections = { egressSelections: [{ name: "cluster", connection }] };
    writeFileSync(this.at("egress.json"), JSON.stringify({ ...kind, ...selections }));
    return ["--egress-selector-config-file", this.at("egress.json")];
  }

  /** https://kwok.sigs.k8s.io/docs/user/port-forward-configuration/ */
  private forwardFlags(): string[] {
    const { forwards = [] } = this.options;
    const objects = forwards.map(({ namespace, pod, port, target }) => ({
      apiVersion: "kwok.x-k8s.io/v1alpha1",
      kind: "PortForward",
      metadata: { name: pod, namespace },
      spec: { forwards: [{ ports: [port], target: { address: "127.0.0.1", port: target } }] },
    }));
    writeFileSync(this.at("forwards.yaml"), objects.map((one) => JSON.stringify(one)).join("\n---\n"));
    return objects.length === 0 ? [] : ["--config", this.at("forwards.yaml")];
  }

  private async isReady(): Promise<boolean> {
    const ended = this.processes.find(({ process: one }) => one.exitCode !== null);
    if (ended !== undefined) throw new Error(`${ended.name} ended: ${this.logOf(ended.name).slice(-2000)}`);
    return (await this.tryKubectl(["get", "--raw", "/readyz"])).exitCode === 0;
  }

  private async addNodes(count: number): Promise<void> {
    const capacity = { cpu: "16", memory: "64Gi", pods: "110" };
    const items = Array.from({ length: count }, (_, index) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: `node-${String(index)}`,
        labels: { "kubernetes.io/hostname": `node-${String(index)}`, "kubernetes.io/os": "linux" },
      },
      status: { capacity, allocatable: capacity },
    }));
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const { exitCode, stderr } = await this.tryKubectl(["apply", "--server-side", "--filename=-"], list);
    if (exitCode !== 0) throw new Error(`the nodes were not made: ${stderr}`);
    await this.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=30s");
  }

  private run(name: string, parameters: readonly string[], variables: NodeJS.ProcessEnv = {}): void {
    const output = openSync(this.at(`${name}.log`), "w");
    const options = { cwd: this.folder, env: { ...process.env, ...variables } };
    const started = spawn(join(kubectlPath, name), parameters, { stdio: ["ignore", output, output], ...options });
    closeSync(output);
    this.processes.push({ name, process: started });
  }

  private logOf(name: string): string {
    return readFileSync(this.at(`${name}.log`), "utf8");
  }
}
