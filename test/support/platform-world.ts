/**
 * All that a platform needs, on loopback: an API server whose nodes are played, the stand-in of Linode's API, the charts, and
 * a checkout whose stack `prod` is configured for them. The engine and the plugins of Kubernetes and Linode are the real ones.
 *
 * The plugins are those of the host's own Pulumi, else of the folder `$GROUNDWORK_TEST_PLUGINS`; the charts are those of
 * `$GROUNDWORK_TEST_CHARTS`, else of the cache; each chart in a folder of its name. `make test` brings both where Pulumi's
 * downloads and the repositories of charts are in reach.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { groundworkHome } from "../../host/home";
import { charts } from "../../settings/platform/charts";
import { definitionSources } from "../../settings/platform/definitions";
import { cacheFolder } from "../../tools/cache-folder";
import { expectExit } from "../engine/support-outcome";
import { selfSigned } from "./certificate";
import { ChartMirror } from "./chart-mirror";
import { giveAddresses, giveVolumes, letApplicationsGo } from "./cloud";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "./control-plane";
import { LinodeApi } from "./linode-api/server";
import { hostSetup, Sandbox, skipSaying, type Ended } from "./sandbox";
import { Tunnel } from "./tunnel";

const chartsFolder = process.env["GROUNDWORK_TEST_CHARTS"] ?? join(cacheFolder(), "charts");
const definitionsFolder = join(chartsFolder, "definitions");
const pluginFolders = [join(groundworkHome().pulumiHome, "plugins"), process.env["GROUNDWORK_TEST_PLUGINS"] ?? ""];

/** The versions are those of the packages of the same names: an SDK asks for the plugin of its own version. */
const plugins = ["kubernetes", "linode"].map((name) => {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  const folder = `resource-${name}-v${version}`;
  return { name: `${name} ${version}`, folder, path: pluginFolders.map((one) => join(one, folder)).find(existsSync) };
});

function missing(): string | undefined {
  const plugin = plugins.find(({ path }) => path === undefined);
  if (plugin !== undefined) return `there is no plugin ${plugin.name}, which comes from Pulumi's own downloads`;
  const chart = Object.values(charts).find((one) => versionOf(one.chart) !== one.version);
  if (chart !== undefined)
    return `there is no chart ${chart.chart} ${chart.version}, which comes from its own repository`;
  const set = definitionFiles().find((file) => !existsSync(file));
  if (set !== undefined) return `there is no ${set}`;
  return hostSetup === undefined ? "`make setup` has not left an engine on this host" : undefined;
}

function versionOf(chart: string): string | undefined {
  const file = join(chartsFolder, chart, "Chart.yaml");
  return existsSync(file) ? (parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}

function definitionFiles(): readonly string[] {
  return definitionSources(definitionsFolder).flatMap(({ sources }) => sources);
}

const reason = missing();

/** `describe` where a whole platform can be made; elsewhere the group is skipped, and says why. */
export const describeWithPlatform: jest.Describe =
  reason === undefined ? describeWithControlPlane : skipSaying(`a whole platform: ${reason}`);

/** The token that the account has. */
const token = "a-token-with-every-right";

/** What the stack is told in secret, by the keys of its config. */
export const stackSecrets = { "linode:token": token, "groundwork:secrets.seed": "0123456789abcdef0123456789abcdef" };

/** In the world's folder: the certificate that is trusted in it, and the socket of the tunnel. */
const authoritiesFile = "authorities.pem";
const tunnelSocket = "tunnel";

/** A cluster with what its cloud gives it. */
interface CloudCluster {
  readonly plane: ControlPlane;
  stop(): Promise<void>;
}

/** What is running of a world. */
interface Parts {
  readonly sandbox: Sandbox;
  /** The cluster that Linode gives at the time. */
  readonly given: { cluster: CloudCluster };
  readonly linode: LinodeApi;
  readonly tunnel: Tunnel;
  readonly mirror: ChartMirror;
}

/** One platform's world. */
export class PlatformWorld {
  private constructor(
    private readonly parts: Parts,
    private readonly checkout: string,
    private readonly ends: readonly (() => Promise<void>)[],
  ) {}

  /** Starts all of it; the stack is there, has its secrets, and nothing has been made. */
  static async start(): Promise<PlatformWorld> {
    const ends: (() => Promise<void>)[] = [];
    const begun = <T extends { stop(): Promise<void> }>(part: T): T => {
      ends.unshift(() => part.stop());
      return part;
    };
    const sandbox = new Sandbox();
    ends.push(() => sandbox.dispose());
    try {
      const world = new PlatformWorld(await startParts(sandbox, begun), await sandbox.checkout("checkout"), ends);
      await world.initialise();
      return world;
    } catch (error) {
      await endAll(ends);
      throw error;
    }
  }

  get plane(): ControlPlane {
    return this.parts.given.cluster.plane;
  }

  get linode(): LinodeApi {
    return this.parts.linode;
  }

  /** The API server's way to the webhooks. */
  get tunnel(): Tunnel {
    return this.parts.tunnel;
  }

  private get sandbox(): Sandbox {
    return this.parts.sandbox;
  }

  /** Writes the platform's settings: the least of them, and these. The stack's secrets stay. */
  configure({ cluster, charts, ...rest }: Readonly<Record<string, unknown>> = {}): void {
    const platform = {
      ...{ domain: "example.com", email: "platform@example.com" },
      gitops: { repository: "https://github.com/example/infrastructure" },
      cluster: { protect: false, ...(cluster as object | undefined) },
      charts: { mirror: this.parts.mirror.url, definitions: definitionsFolder, ...(charts as object | undefined) },
      ...rest,
    };
    const { config, ...salt } = parse(readFileSync(this.settingsFile, "utf8")) as { config: object };
    writeFileSync(this.settingsFile, stringify({ config: { ...config, "groundwork:platform": platform }, ...salt }));
  }

  /** Runs `pulumi` on the stack; a failure is a result. */
  pulumi(...parameters: readonly string[]): Promise<Ended> {
    return this.sandbox.pulumiIn(this.checkout, "prod", ...parameters);
  }

  /** {@link pulumi} with more variables. */
  async pulumiWith(variables: NodeJS.ProcessEnv, ...parameters: readonly string[]): Promise<Ended> {
    const { environment } = this.sandbox;
    Object.assign(environment, variables);
    try {
      return await this.pulumi(...parameters);
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(environment, name);
    }
  }

  /** Runs `pulumi` on the stack, and kills it as soon as it has said this. */
  async killed(said: RegExp, ...parameters: readonly string[]): Promise<void> {
    const { variables } = await this.sandbox.vagrantpJson<{ variables: NodeJS.ProcessEnv }>(
      this.checkout,
      "env",
      "--stack",
      "prod",
    );
    const env = { ...this.sandbox.environment, ...variables };
    const all = [...parameters, "--stack", "prod", "--non-interactive", "--color", "never"];
    const engine = spawn("pulumi", all, { cwd: this.checkout, env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(engine, "exit");
    let output = "";
    for await (const chunk of engine.stdout) {
      output += String(chunk);
      if (said.test(output)) engine.kill("SIGKILL");
    }
    await ended;
    if (engine.signalCode !== "SIGKILL") throw new Error(`ended by itself, and said:\n${output}`);
  }

  /** Calls Linode's API, as somebody at its console would. */
  async callLinode(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { Authorization: `Bearer ${token}` };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${this.linode.url}/v4${path}`, { method, headers, ...sent });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${String(answer.status)}`);
    return answer.json();
  }

  /** The node pool of this type, with the path that it is called by. */
  async poolOf(type: string): Promise<{ readonly path: string; readonly count: number }> {
    const clusters = await this.listed<{ id: number }>("/lke/clusters");
    const path = `/lke/clusters/${String(clusters[0]?.id)}/pools`;
    const pools = await this.listed<{ id: number; type: string; count: number }>(path);
    const found = pools.find((pool) => pool.type === type);
    if (found === undefined) throw new Error(`there is no pool of ${type}`);
    return { path: `${path}/${String(found.id)}`, count: found.count };
  }

  /** Deletes the cluster, with all that is in it, as somebody at Linode's console would. */
  async loseCluster(): Promise<void> {
    const [cluster] = await this.listed<{ id: number }>("/lke/clusters");
    if (cluster === undefined) throw new Error("there is no cluster");
    await this.callLinode("DELETE", `/lke/clusters/${String(cluster.id)}`);
    await this.parts.given.cluster.stop();
  }

  /** Lets the next cluster that is made be a new one, which is empty. */
  async renewCluster(): Promise<void> {
    this.parts.given.cluster = await startCluster(this.sandbox.root, "new-plane");
  }

  /** The labels of all that the account has. */
  async account(): Promise<readonly string[]> {
    const paths = ["/lke/clusters", "/object-storage/buckets", "/object-storage/keys", "/networking/firewalls"];
    const all = await Promise.all(paths.map((path) => this.listed<{ label: string }>(path)));
    return all.flat().map(({ label }) => label);
  }

  /** Ends all of it. */
  stop(): Promise<void> {
    return endAll(this.ends);
  }

  /** The stack's state, as the file backend keeps it. */
  get stateFile(): string {
    return join(this.sandbox.home.stacksDirectory, ".pulumi", "stacks", "groundwork", "prod.json");
  }

  private async listed<T>(path: string): Promise<readonly T[]> {
    return ((await this.callLinode("GET", path)) as { data: T[] }).data;
  }

  private get settingsFile(): string {
    return join(this.checkout, "Pulumi.prod.yaml");
  }

  private async initialise(): Promise<void> {
    const config = {
      "groundwork:kind": "platform",
      "linode:url": this.linode.url,
      // The stand-in needs no patience.
      ...{ "linode:lkeEventPollMs": 100, "linode:lkeNodeReadyPollMs": 100, "linode:eventPollMs": 100 },
      "linode:minRetryDelayMs": 50,
    };
    writeFileSync(this.settingsFile, stringify({ config }));
    const { environment } = this.sandbox;
    environment["PATH"] = [kubectlPath, environment["PATH"]].join(delimiter);
    // What the mirror and the webhooks are known by.
    environment["SSL_CERT_FILE"] = join(this.sandbox.root, authoritiesFile);
    expectExit(await this.pulumi("stack", "init", "--secrets-provider", "passphrase"), 0);
    for (const [name, value] of Object.entries(stackSecrets)) {
      expectExit(await this.pulumi("config", "set", "--secret", "--path", name, value), 0);
    }
    this.configure();
  }
}

/** @param begun remembers what is to be stopped, the last one first */
async function startParts(
  sandbox: Sandbox,
  begun: <T extends { stop(): Promise<void> }>(part: T) => T,
): Promise<Parts> {
  const { root, home } = sandbox;
  usePlugins(home.pulumiHome);
  const names = ["cert-manager", "kube-system", "monitoring"].map((namespace) => `*.${namespace}.svc`);
  const certificate = selfSigned(root, 2, "localhost", ...names);
  writeFileSync(join(root, authoritiesFile), certificate.cert);
  const tunnel = begun(await Tunnel.start(join(root, tunnelSocket), certificate));
  const given = { cluster: await startCluster(root, "plane") };
  begun({ stop: () => given.cluster.stop() });
  const options = {
    tokens: { [token]: ["*"] },
    get kubeconfig(): string {
      return given.cluster.plane.kubeconfig;
    },
  };
  const linode = begun(await LinodeApi.start(options));
  const mirror = begun(await ChartMirror.start(chartsFolder, join(root, "charts"), certificate));
  return { sandbox, given, linode, tunnel, mirror };
}

/** An empty cluster of three nodes. @param name of its folder in the world's */
async function startCluster(root: string, name: string): Promise<CloudCluster> {
  const [tunnel, authorities] = [join(root, tunnelSocket), join(root, authoritiesFile)];
  const plane = await ControlPlane.start(join(root, name), { nodes: 3, tunnel, authorities });
  await giveVolumes(plane, 12);
  const cloud = [giveAddresses(plane), letApplicationsGo(plane)];
  const stop = async (): Promise<void> => {
    for (const one of cloud) await one.stop();
    await plane.stop();
  };
  return { plane, stop };
}

async function endAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
  for (const end of ends) await end();
}

/** The host's own plugins, and the two that it need not have. */
function usePlugins(pulumiHome: string): void {
  const folder = join(pulumiHome, "plugins");
  const hostFolder = join(groundworkHome().pulumiHome, "plugins");
  rmSync(folder);
  mkdirSync(folder);
  const own = readdirSync(hostFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = [...own.map(({ name }) => join(hostFolder, name)), ...plugins.map(({ path }) => path ?? "")];
  for (const path of new Set(paths)) {
    // The engine takes no link for a plugin's folder.
    mkdirSync(join(folder, basename(path)));
    for (const file of readdirSync(path)) symlinkSync(join(path, file), join(folder, basename(path), file));
  }
}
