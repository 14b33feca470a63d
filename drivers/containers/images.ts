/** Images on this host. */

import * as z from "zod";
import type { LocalImage } from "./create-arguments";
import { programError, type ContainerProgram } from "./program";

const stringList = z.array(z.string()).nullable().optional();
const keys = z.record(z.string(), z.unknown()).nullable().optional();

const imageConfig = z.object({
  Cmd: stringList,
  Env: stringList,
  Entrypoint: stringList,
  User: z.string().optional(),
  WorkingDir: z.string().optional(),
  Volumes: keys,
  ExposedPorts: keys,
  StopSignal: z.string().optional(),
});

const inspectedImage = z.object({
  Id: z.string(),
  Config: imageConfig.nullable().optional(),
  RootFS: z.object({ Layers: stringList }),
});

/** How podman (since 3.0) and Docker say that an image is not on this host. */
const unknownImage = /image not known|no such image/i;

/**
 * The image of this name, pulled when this host does not have it.
 *
 * @throws CONFIG_INVALID when it is neither here nor can be pulled
 */
export async function localImage(program: ContainerProgram, name: string): Promise<LocalImage> {
  const found = await program.call(["image", "inspect", name]);
  if (found.exitCode === 0) return onlyImage(found.stdout);
  // What failed for another reason, such as a full disk, would be told as an image that nobody has.
  if (!unknownImage.test(found.stderr)) throw programError(program.dialect.name, ["image", "inspect"], found);
  const pulled = ["pull", "--quiet", name];
  const result = await program.call(pulled);
  if (result.exitCode !== 0) throw programError(program.dialect.name, pulled, result);
  return onlyImage(await program.run(["image", "inspect", name]));
}

function onlyImage(stdout: string): LocalImage {
  const [described] = JSON.parse(stdout) as readonly unknown[];
  const image = parseImage(described);
  if (image === undefined) throw new Error("image inspect succeeded and described no image");
  return image;
}

/** Reads one thing that `inspect` described; undefined when that is no image. */
export function parseImage(described: unknown): LocalImage | undefined {
  const image = inspectedImage.safeParse(described).data;
  if (image === undefined) return undefined;
  return {
    id: image.Id,
    command: image.Config?.Cmd ?? [],
    environment: image.Config?.Env ?? [],
    layers: image.RootFS.Layers?.length ?? 0,
    configuration: configurationOf(image.Config ?? {}),
  };
}

/** What the containers of an image inherit, but for its variables and its command, which each is given anew. */
function configurationOf(config: z.infer<typeof imageConfig>): readonly string[] {
  const { Entrypoint, User, WorkingDir, Volumes, ExposedPorts, StopSignal } = config;
  const volumes = Object.keys(Volumes ?? {});
  return [
    ...(Entrypoint == null || Entrypoint.length === 0 ? [] : [`ENTRYPOINT ${JSON.stringify(Entrypoint)}`]),
    ...(volumes.length === 0 ? [] : [`VOLUME ${JSON.stringify(volumes)}`]),
    ...Object.keys(ExposedPorts ?? {}).map((port) => `EXPOSE ${port}`),
    ...(User ? [`USER ${User}`] : []),
    ...(WorkingDir ? [`WORKDIR ${WorkingDir}`] : []),
    ...(StopSignal ? [`STOPSIGNAL ${StopSignal}`] : []),
  ];
}
