/**
 * The commands of `bin/platform secrets` on a real OpenBao: its program is `$GROUNDWORK_TEST_BAO`, else `bao` on the PATH; where
 * there is none the tests are skipped, with a line. The servers are on loopback, with the configuration that pods have but for
 * TLS and Kubernetes. Not shown: tunnels, TLS, and log-ins by service accounts.
 */

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { serverConfig } from "../../components/secrets/openbao-values";
import { OpenBao } from "../../tools/platform/openbao";
import { platformProgram } from "../../tools/platform/program";
import { freePort } from "../support/free-port";
import { laterRefusalOf } from "../support/refusal";
import { useTemporaryFolder } from "../support/temporary-folder";

const program = process.env["GROUNDWORK_TEST_BAO"] ?? "bao";
const isThere = spawnSync(program, ["version"]).status === 0;
if (!isThere) process.stderr.write("skipped: OpenBao is not here: neither $GROUNDWORK_TEST_BAO nor bao on the PATH\n");
const describeWithServer = isThere ? describe : describe.skip;
const patience = 120_000;

interface Server {
  readonly url: string;
  readonly folder: string;
  readonly configFile: string;
  process: ChildProcess;
}

describeWithServer("a store of secrets", () => {
  const folder = useTemporaryFolder();
  const servers: Server[] = [];

  beforeEach(() => {
    delete process.env["BAO_TOKEN"];
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map(stop));
  });

  async function startStore(replicas: number): Promise<void> {
    const ports = await Promise.all(Array.from({ length: replicas }, async () => [await freePort(), await freePort()]));
    const urls = ports.map(([requests]) => `http://127.0.0.1:${requests!}`);
    for (const [index, [requests, peers]] of ports.entries()) {
      const own = join(folder(), `replica-${index}`);
      const config = serverConfig({
        dataFolder: join(own, "data"),
        listen: { requests: `127.0.0.1:${requests!}`, peers: `127.0.0.1:${peers!}` },
        peers: urls,
        inKubernetes: false,
      });
      mkdirSync(own);
      const configFile = join(own, "config.json");
      const addresses = { api_addr: urls[index], cluster_addr: `http://127.0.0.1:${peers!}` };
      writeFileSync(configFile, JSON.stringify({ ...config, ...addresses }));
      servers.push(await start({ url: urls[index]!, folder: own, configFile }));
    }
  }

  async function start(server: Omit<Server, "process">): Promise<Server> {
    mkdirSync(join(server.folder, "data"), { recursive: true });
    const log = openSync(join(server.folder, "log"), "a");
    const child = spawn(program, ["server", `-config=${server.configFile}`], {
      stdio: ["ignore", log, log],
      env: { ...process.env, BAO_RAFT_NODE_ID: server.folder.split("/").at(-1) },
    });
    const bao = new OpenBao({ url: server.url });
    const end = Date.now() + 30_000;
    while (
      !(await bao.sealStatus().then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > end || child.exitCode !== null)
        throw new Error(readFileSync(join(server.folder, "log"), "utf8"));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { ...server, process: child };
  }

  async function stop(server: Server): Promise<void> {
    if (server.process.exitCode !== null) return;
    const ended = once(server.process, "exit");
    server.process.kill("SIGKILL");
    await ended;
  }

  async function restart(server: Server, wiped: boolean): Promise<void> {
    await stop(server);
    if (wiped) rmSync(join(server.folder, "data"), { recursive: true });
    server.process = (await start(server)).process;
  }

  const keysFile = () => join(folder(), "keys.json");
  const platform = async (...command: string[]) => {
    const addresses = servers.flatMap(({ url }) => ["--address", url]);
    await platformProgram().parseAsync(["secrets", ...command, ...addresses], { from: "user" });
  };
  const keys = () => JSON.parse(readFileSync(keysFile(), "utf8")) as { keys: string[]; rootToken: string };
  const asked = () => new OpenBao({ url: servers[0]!.url }, keys().rootToken);
  const sealed = () => Promise.all(servers.map(async ({ url }) => (await new OpenBao({ url }).sealStatus()).sealed));
  const read = async () =>
    ((await asked().call("GET", "kv/data/staging/shop")) as { data: { data: { password: string } } }).data.data
      .password;
  /** With what a pod of OpenBao's would find beside it. */
  const grant = async (...services: string[]) => {
    await asked().call("POST", "sys/auth/kubernetes", { type: "kubernetes" });
    const ofPod = { kubernetes_host: "https://127.0.0.1:1", kubernetes_ca_cert: rootCertificates[0] };
    await asked().call("POST", "auth/kubernetes/config", { ...ofPod, disable_local_ca_jwt: true });
    await platform("grant", ...services, "--keys", keysFile());
  };
  /** A token that may do what this policy says, as a log-in by a service account would give it. */
  const tokenWith = async (policy: string) => {
    const body = { policies: [policy], no_parent: true };
    const { auth } = (await asked().call("POST", "auth/token/create", body)) as { auth: { client_token: string } };
    return auth.client_token;
  };
  const write = (password: string) => asked().call("POST", "kv/data/staging/shop", { data: { password } });

  test(
    "is begun once, open on each of its replicas, and its keys are in a file that only its owner reads",
    async () => {
      await startStore(3);
      await platform("init", "--keys", keysFile());
      expect(await sealed()).toEqual([false, false, false]);
      expect([keys().keys.length, statSync(keysFile()).mode & 0o777]).toEqual([5, 0o600]);
      const again = await laterRefusalOf(platform("init", "--keys", join(folder(), "others.json")));
      expect([again.code, existsSync(join(folder(), "others.json"))]).toEqual(["INFRA_EXISTS", false]);
    },
    patience,
  );

  test(
    "is sealed when it starts again, and opened by its keys",
    async () => {
      await startStore(1);
      await platform("init", "--keys", keysFile());
      await restart(servers[0]!, false);
      expect(await sealed()).toEqual([true]);
      await platform("unseal", "--keys", keysFile());
      expect(await sealed()).toEqual([false]);
    },
    patience,
  );

  test(
    "that is lost comes back from a snapshot, with the keys of the snapshot's time",
    async () => {
      const file = join(folder(), "store.snapshot");
      await startStore(1);
      await platform("init", "--keys", keysFile());
      await grant("staging/shop");
      await write("first");
      await platform("snapshot", file, "--keys", keysFile());
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await write("second");
      await restart(servers[0]!, true);
      await platform("restore", file, "--keys", keysFile());
      expect(await read()).toBe("first");
      await platform("snapshot", join(folder(), "again.snapshot"), "--keys", keysFile());
    },
    patience,
  );

  test(
    "of three replicas goes back to a snapshot on all of them",
    async () => {
      const file = join(folder(), "store.snapshot");
      await startStore(3);
      await platform("init", "--keys", keysFile());
      await grant("staging/shop");
      await write("first");
      await platform("snapshot", file, "--keys", keysFile());
      await write("second");
      await platform("restore", file, "--keys", keysFile());
      expect([await read(), await sealed()]).toEqual(["first", [false, false, false]]);
    },
    patience,
  );

  test(
    "lets a service read what is its own, and the same grant again changes nothing",
    async () => {
      await startStore(1);
      await platform("init", "--keys", keysFile());
      await grant("staging/shop", "production/shop");
      await platform("grant", "staging/shop", "--keys", keysFile());
      await write("secret");
      const staging = asked().withToken(await tokenWith("staging-shop"));
      await expect(staging.call("GET", "kv/data/staging/shop")).resolves.toMatchObject({ data: {} });
      const refusals = [
        await laterRefusalOf(staging.call("GET", "kv/data/production/shop")),
        await laterRefusalOf(staging.call("GET", "kv/data/staging/other")),
        await laterRefusalOf(staging.call("POST", "kv/data/staging/shop", { data: {} })),
      ];
      expect(refusals.map(({ message }) => /\b403\b/.test(message))).toEqual([true, true, true]);
      expect((await asked().call("GET", "auth/kubernetes/role/staging-shop")) as object).toMatchObject({
        data: { bound_service_account_namespaces: ["staging"], token_policies: ["staging-shop"] },
      });
    },
    patience,
  );

  test(
    "lets the agent of snapshots take one that restores, and read nothing",
    async () => {
      const file = join(folder(), "store.snapshot");
      await startStore(1);
      await platform("init", "--keys", keysFile());
      await grant();
      await write("first");
      process.env["BAO_TOKEN"] = await tokenWith("snapshot");
      await platform("snapshot", file);
      const agent = asked().withToken(process.env["BAO_TOKEN"]);
      const refusals = [
        await laterRefusalOf(agent.call("GET", "kv/data/staging/shop")),
        await laterRefusalOf(agent.restore(readFileSync(file))),
      ];
      expect(refusals.map(({ message }) => /\b403\b/.test(message))).toEqual([true, true]);
      delete process.env["BAO_TOKEN"];
      await write("second");
      await platform("restore", file, "--keys", keysFile());
      expect(await read()).toBe("first");
      expect((await asked().call("GET", "auth/kubernetes/role/snapshot")) as object).toMatchObject({
        data: {
          bound_service_account_names: ["openbao-snapshot"],
          bound_service_account_namespaces: ["secrets"],
          token_policies: ["snapshot"],
        },
      });
    },
    patience,
  );

  test(
    "audits every request, and shows no secret in doing so",
    async () => {
      await startStore(1);
      await platform("init", "--keys", keysFile());
      await grant("staging/shop");
      await write("correct-horse");
      const log = readFileSync(join(servers[0]!.folder, "log"), "utf8");
      expect(log).toContain('"path":"kv/data/staging/shop"');
      expect([log.includes("correct-horse"), log.includes(keys().rootToken)]).toEqual([false, false]);
    },
    patience,
  );
});
