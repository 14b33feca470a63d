/** Images on this host. */

import * as z from "zod";
import type { LocalImage } from "./create-arguments";
import { programError, type ContainerProgram } from "./program";

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
export async function localImage(program: ContainerProgram, name: string): Promise<LocalImage> {
  const found = await program.call(["image", "inspect", name]);
  if (found.exitCode === 0) return parseImage(found.stdout);
  const pulled = ["pull", "--quiet", name];
  const result = await program.call(pulled);
  if (result.exitCode !== 0) throw programError(program.dialect.name, pulled, result);
  return parseImage(await program.run(["image", "inspect", name]));
}

function parseImage(stdout: string): LocalImage {
  const [image] = inspectedImages.parse(JSON.parse(stdout));
  if (image === undefined) throw new Error("image inspect succeeded and described nothing");
  return { id: image.Id, command: image.Config?.Cmd ?? [], environment: image.Config?.Env ?? [] };
}
