/** A Kubernetes control plane for the tests: one program from Go modules, built once and kept in the cache. */

import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { makeOnce } from "../rootfs/make-once";
import { run, runStage, say } from "../setup/processes";

/** The names that the program is called by. */
const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];

/** The version of Kubernetes that go.mod pins. Unless it is told, the API server names none that clients understand. */
const version = { major: "1", minor: "36", git: "v1.36.3" };

/** How kwok plays nodes and pods: it has no stages built in. The files of its own module, by their paths there. */
const stages = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
];

/** The folder with the components, and `stages.yaml` for kwok; undefined where it was not built. @param checkout of this repository */
export function controlPlaneFolder(checkout: string): string | undefined {
  const folder = folderOf(join(checkout, "tools", "control-plane"));
  return existsSync(folder) ? folder : undefined;
}

/** Builds it unless it is there: some minutes, once. Says in a line why it is not there, where that cannot be. */
export async function buildControlPlane(checkout: string): Promise<void> {
  const module = join(checkout, "tools", "control-plane");
  try {
    await makeOnce({
      what: "the control plane of the tests",
      folder: folderOf(module),
      // Compiled packages of Go's own cache, most of it.
      roomMiB: 4096,
      root: [],
      make: (draft) => build(module, draft),
    });
  } catch (error) {
    say(`control plane: not there for the tests: ${messageOf(error)}`);
  }
}

function folderOf(module: string): string {
  const hash = createHash("sha256");
  for (const file of globSync("*.{go,mod,sum}", { cwd: module }).sort()) hash.update(readFileSync(join(module, file)));
  return join(cacheFolder(), "control-plane", `${version.git}-${hash.digest("hex").slice(0, 12)}`);
}

async function build(module: string, draft: string): Promise<void> {
  const settings = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    `-X ${path}.gitVersion=${version.git} -X ${path}.gitMajor=${version.major} -X ${path}.gitMinor=${version.minor}`,
  ]);
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${settings.join(" ")}`];
  let compiled = 0;
  const program = join(draft, "control-plane");
  await runStage("control plane: building it", "go", ["build", "-v", ...flags, "-o", program, "."], {
    cwd: module,
    describe: (line) => {
      compiled += line.startsWith("go: ") ? 0 : 1;
      return line.startsWith("go: ") ? line : `${String(compiled)} packages, now ${line}`;
    },
  });
  for (const name of components) symlinkSync("control-plane", join(draft, name));
  const kwok = await run("go", ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"], { cwd: module });
  const texts = stages.map((stage) => readFileSync(join(kwok, "kustomize", "stage", stage), "utf8"));
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, "stages.yaml"), texts.join("\n---\n"));
}
