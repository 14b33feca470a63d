/**
 * `make setup`: finds or installs all that Groundwork needs on this host, says one line per part and
 * leaves the record that the other programs read.
 */

import { join } from "node:path";
import { groundworkHome, type Home } from "../../host/home";
import { readSetup, writeSetup, type SetupRecord } from "../../host/setup-record";
import { GroundworkError, messageOf } from "../../settings/errors";
import { setUpAnsible } from "./ansible";
import { setUpCommandPlugin } from "./command-plugin";
import { setUpEngine } from "./engine";
import { publicImage, setUpImage } from "./image";
import { proveRuntime, setUpPodman } from "./podman";
import { ready } from "./report";

type EngineParts = Pick<SetupRecord, "engine" | "commandPlugin">;
type PodmanParts = Pick<SetupRecord, "podman" | "image">;
type AnsiblePart = Pick<SetupRecord, "ansible">;

/** The folder of this repository; the program runs from dist/. */
const checkout = join(__dirname, "..");

async function setUp(): Promise<void> {
  const home = groundworkHome();
  // The two have nothing to do with each other, and either can take minutes. Both are seen to their end.
  const [engine, instances] = await Promise.allSettled([setUpEngineParts(home), setUpInstanceParts(home)]);
  if (engine.status === "rejected") throw engine.reason as Error;
  if (instances.status === "rejected") throw instances.reason as Error;
  writeSetup(home, { ...recordedVmParts(home), node: process.execPath, ...engine.value, ...instances.value });
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

/** One after the other: either may install packages of the system. */
async function setUpInstanceParts(home: Home): Promise<PodmanParts & AnsiblePart> {
  const podman = await setUpPodmanParts(home);
  return { ...podman, ...(await setUpAnsiblePart()) };
}

async function setUpAnsiblePart(): Promise<AnsiblePart> {
  const ansible = await setUpAnsible(checkout);
  if (ansible === undefined) return {};
  ready(`ansible ${ansible.version}`, ansible.path);
  return { ansible };
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
