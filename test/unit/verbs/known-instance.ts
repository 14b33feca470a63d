/** A project that was brought up, as the ledger, its workspace and a podman that stands in tell it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostId } from "../../../host/identity";
import type { Home } from "../../../host/home";
import { Ledger } from "../../../host/ledger";
import { projectHash } from "../../../settings/identity";
import type { PortWish } from "../../../settings/instance-spec";
import { ownerLabels } from "../../../settings/instance-properties";
import { promise } from "../host/fixtures";
import { setUp } from "./context";

/** The calls by which podman was asked to change something. */
export function changesAsked(home: Home): string[] {
  const file = join(dirname(home.root), "containers.json.changes");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}

/** What differs between instances. */
export interface KnownInstance {
  readonly id: string;
  readonly directory: string;
  /** @default true */
  readonly running?: boolean;
  readonly ports?: readonly PortWish[];
}

/** Promises memory and ports to projects, makes their workspaces, and sets up a podman that knows their containers. */
export async function knowInstances(home: Home, instances: readonly KnownInstance[]): Promise<void> {
  const containers = [];
  for (const { id, directory, running = true, ports = [] } of instances) {
    const stack = `${id}-${projectHash(directory)}`;
    const workspace = join(home.projectsDirectory, stack);
    mkdirSync(workspace, { recursive: true });
    const power = running ? "running" : "stopped";
    const config = { "groundwork:kind": "project", "groundwork:project": { directory, file: ".env", power } };
    writeFileSync(join(workspace, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
    using ledger = Ledger.open(home);
    const capacity = { totalMiB: 2 ** 20, availableMiB: 2 ** 20, reserveMiB: 512, cpus: 2 };
    await ledger.lease(stack, [{ ...promise(id), memoryMiB: 512, projectDirectory: directory, power, ports }], {
      capacity,
      probe: () => Promise.resolve(new Map()),
      probeAddresses: () => Promise.resolve(new Map()),
      networks: () => Promise.resolve([]),
      running: [],
    });
    ledger.recordObject({ stack, id, backend: "podman" }, `object-of-${id}`);
    containers.push(container(hostId(home), stack, id, running));
  }
  const answer = join(dirname(home.root), "containers.json");
  writeFileSync(answer, JSON.stringify(containers));
  setUp(home, { podman: podmanWith(answer) });
}

/** Lets the backend have an image of this name with the labels of an instance of that stack. */
export function knowImage(home: Home, name: string, stack: string): void {
  const Labels = ownerLabels({ host: hostId(home), stack, id: "web" });
  const image = { Id: `id-of-${name}`, RepoTags: [name], Config: { Labels } };
  writeFileSync(join(dirname(home.root), "containers.json.images"), JSON.stringify([image]));
}

/** Answers for containers and images with what stands in the files, and repeats anything else it is asked. */
function podmanWith(answer: string): string {
  return `case "$1 $2" in
    "images "*) test ! -e '${answer}.images' || echo id ;;
    "image inspect") cat '${answer}.images' ;;
    "network ls") echo "[]" ;;
    "container inspect") cat '${answer}' ;;
    "ps --all") tr ',' '\\n' < '${answer}' | sed -n 's/.*"Id":"\\([^"]*\\)".*/\\1/p' ;;
    "exec "*) shift 3; exec "$@" ;;
    "rm "*|"rmi "*|"stop "*|"network "*) echo "$@" >> '${answer}.changes' ;;
    *) echo "$@"; echo to standard error >&2; exit 3 ;;
  esac`;
}

function container(host: string, stack: string, id: string, running: boolean) {
  return {
    Id: `object-of-${id}`,
    Name: id,
    Image: "image",
    ImageName: "localhost/image:1",
    Mounts: [],
    State: { Status: running ? "running" : "exited", Running: running },
    Config: { Env: [], Cmd: [], Labels: ownerLabels({ host, stack, id }) },
    HostConfig: { PortBindings: {}, Memory: 512 * 2 ** 20, NanoCpus: 1e9 },
  };
}
