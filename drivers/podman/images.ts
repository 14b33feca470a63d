/** Images on this host. */

import * as z from "zod";
import type { LocalImage } from "./create-arguments";
import { podmanError, type PodmanProcess } from "./podman-process";

const stringList = z.array(z.string()).nullable().optional();

const imageConfig = z.object({ Cmd: stringList, Env: stringList });

const inspectedImages = z.array(
  z.object({
    Id: z.string(),
    Config: imageConfig.nullable().optional(),
  }),
);

/**
 * The image of this name, pulled when this host does not have it.
 *
 * @throws CONFIG_INVALID when it is neither here nor can be pulled
 */
export async function localImage(podman: PodmanProcess, name: string): Promise<LocalImage> {
  const found = await podman.call(["image", "inspect", name]);
  if (found.exitCode === 0) return parseImage(found.stdout);
  const pulled = ["pull", "--quiet", name];
  const result = await podman.call(pulled);
  if (result.exitCode !== 0) throw podmanError(pulled, result);
  return parseImage(await podman.run(["image", "inspect", name]));
}

function parseImage(stdout: string): LocalImage {
  const [image] = inspectedImages.parse(JSON.parse(stdout));
  if (image === undefined) throw new Error("podman image inspect succeeded and described nothing");
  return { id: image.Id, command: image.Config?.Cmd ?? [], environment: image.Config?.Env ?? [] };
}
