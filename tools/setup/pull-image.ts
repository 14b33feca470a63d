/** Pulls an image, and gives up quickly where no registry answers. */

import { x } from "tinyexec";
import type { SetupRecord } from "../../host/setup-record";
import { podmanEnvironment } from "./podman";
import { reportEvery } from "./processes";

/** A registry that has not sent the image's manifest within this time counts as out of reach. */
const answerSeconds = 10;

/**
 * Pulls an image. Podman itself is asked, so that a mirror or proxy in the system's configuration counts.
 *
 * @throws Error saying why when the registry is out of reach or refuses
 */
export async function pullImage(podman: NonNullable<SetupRecord["podman"]>, name: string): Promise<void> {
  const pull = x(podman.path, ["pull", name], {
    nodeOptions: { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...podmanEnvironment(podman) } },
  });
  const watch = setTimeout(() => pull.kill(), answerSeconds * 1000);
  let last = "";
  const stop = reportEvery(`image: pulling ${name}`, () => last);
  try {
    for await (const line of pull) {
      last = line.trim() || last;
      if (isAnswer(line)) clearTimeout(watch);
    }
  } finally {
    clearTimeout(watch);
    stop();
  }
  if (pull.exitCode === 0) return;
  throw new Error(pull.exitCode === undefined ? `no registry answered within ${String(answerSeconds)} s` : last);
}

/** Podman's first line says that it tries, lines with a time are retries; any other means the registry has answered. */
function isAnswer(line: string): boolean {
  return !line.startsWith("Trying to pull") && !line.startsWith("time=");
}
