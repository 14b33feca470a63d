/**
 * `make setup`: finds or installs all that Groundwork needs on this host, says one line per part and
 * leaves the record that the other programs read.
 */

import { join } from "node:path";
import { groundworkHome, type Home } from "../../host/home";
import { readSetup, writeSetup, type SetupRecord } from "../../host/setup-record";
import { GroundworkError } from "../../settings/errors";
import { setUpCommandPlugin } from "./command-plugin";
import { setUpEngine } from "./engine";
import { publicImage, setUpImage } from "./image";
import { proveRuntime, setUpPodman } from "./podman";
import { ready } from "./report";
import { messageOf } from "./texts";

type EngineParts = Pick<SetupRecord, "engine" | "commandPlugin">;
type PodmanParts = Pick<SetupRecord, "podman" | "image">;

/** The folder of this repository; the program runs from dist/. */
const checkout = join(__dirname, "..");

async function setUp(): Promise<void> {
  const home = groundworkHome();
  // The two have nothing to do with each other, and either can take minutes. Both are seen to their end.
  const [engine, podman] = await Promise.allSettled([setUpEngineParts(home), setUpPodmanParts(home)]);
  if (engine.status === "rejected") throw engine.reason as Error;
  if (podman.status === "rejected") throw podman.reason as Error;
  writeSetup(home, { ...recordedVmParts(home), node: process.execPath, ...engine.value, ...podman.value });
}

/** What `make setup-vm` recorded stays. */
function recordedVmParts(home: Home): Pick<SetupRecord, "vagrant" | "virsh" | "box"> {
  try {
    const { vagrant, virsh, box } = readSetup(home) ?? {};
    return { ...(vagrant && { vagrant }), ...(virsh && { virsh }), ...(box && { box }) };
  } catch {
    // A record that cannot be read is written anew.
    return {};
  }
}

async function setUpEngineParts(home: Home): Promise<EngineParts> {
  const engine = await setUpEngine(home, checkout);
  ready(`engine ${engine.version}`, engine.origin);
  const commandPlugin = await setUpCommandPlugin(home, engine, checkout);
  ready(`command plugin ${commandPlugin.version}`, commandPlugin.origin);
  return { engine, commandPlugin };
}

async function setUpPodmanParts(home: Home): Promise<PodmanParts> {
  const podman = await setUpPodman();
  const image = podman === undefined ? undefined : await setUpImage(podman, checkout);
  if (podman === undefined || image === undefined) {
    process.stdout.write("containers: not available, for the reason above; `make setup` tries again\n");
    return { ...(podman === undefined ? {} : { podman }), image: { name: publicImage, origin: "missing" } };
  }
  const proved = await proveRuntime(home, podman, image.name);
  ready(`podman ${proved.version}`, proved.containersConf === undefined ? "" : `with ${proved.containersConf}`);
  ready(`image ${image.name}`, image.origin);
  return { podman: proved, image };
}

process.stdout.write(`node ${process.versions.node}: ready\n`);
void setUp().catch((cause: unknown) => {
  const error =
    cause instanceof GroundworkError ? cause : new GroundworkError("ENGINE_FAILED", messageOf(cause), { cause });
  process.stderr.write(`${error.toText()}\n`);
  process.exitCode = error.exitStatus;
});
