/**
 * The default image: a well-known public one with Python in it; where no registry is in reach, one
 * built by the recipe in tools/rootfs and named by its content.
 */

import { messageOf } from "../../settings/errors";
import type { SetupRecord } from "../../host/setup-record";
import { baseRecipe, buildBase, type BaseRecipe } from "../rootfs/build";
import { podmanEnvironment } from "./podman";
import { run, runStage, say } from "./processes";
import { pullImage } from "./pull-image";

type Podman = NonNullable<SetupRecord["podman"]>;
type Image = SetupRecord["image"];

/** The image of an instance that names none, where a registry is in reach. */
export const publicImage = "docker.io/library/python:3.13-slim-bookworm";

/** Finds the default image in Podman's store, or brings it there. undefined, with a line that says why, where no way works. */
export async function setUpImage(podman: Podman, checkout: string): Promise<Image | undefined> {
  const recipe = await baseRecipe(checkout);
  if (await isInStore(podman, publicImage)) return { name: publicImage, origin: "pulled" };
  if (recipe !== undefined && (await isInStore(podman, recipe.image))) return built(recipe);
  try {
    await pullImage(podman, publicImage);
    return { name: publicImage, origin: "pulled" };
  } catch (error) {
    say(`image: ${publicImage} is passed over: ${messageOf(error)}`);
  }
  try {
    if (recipe === undefined) throw new Error("this system is not Debian or Ubuntu");
    await importImage(podman, await buildBase(checkout, recipe), recipe);
    return built(recipe);
  } catch (error) {
    say(`image: none could be built: ${messageOf(error)}`);
    return undefined;
  }
}

function built({ image }: BaseRecipe): Image {
  return { name: image, origin: "built from packages" };
}

async function isInStore(podman: Podman, name: string): Promise<boolean> {
  const answer = run(podman.path, ["image", "exists", name], { env: podmanEnvironment(podman) });
  return await answer.then(
    () => true,
    () => false,
  );
}

async function importImage(podman: Podman, archive: string, { image, release }: BaseRecipe): Promise<void> {
  const description = `${release.suite}, minimal, with Python, built from the distribution's packages by Groundwork's set-up`;
  const changes = [
    'CMD ["sleep","infinity"]',
    `LABEL org.opencontainers.image.description=${JSON.stringify(description)}`,
  ];
  await runStage(
    "image: importing",
    podman.path,
    ["import", ...changes.flatMap((change) => ["--change", change]), archive, image],
    { env: podmanEnvironment(podman) },
  );
}
