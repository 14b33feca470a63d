/** A cloud image for the tests, whose machines need one that no registry but the distribution's own is asked for. */

import { existsSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { buildCloudImage, cloudImageRecipe } from "../rootfs/build";
import { cacheFolder } from "../cache-folder";
import { say } from "../setup/processes";

/** Leads to the image of the last recipe: the folders beside it are named by their content. */
function link(): string {
  return join(cacheFolder(), "rootfs", "cloud-image.qcow2");
}

/** The image's file; undefined where it was not built. */
export function cloudImageFile(): string | undefined {
  return existsSync(link()) ? realpathSync(link()) : undefined;
}

/** Builds the image, unless it is there. Says in a line why it is not, where that cannot be. */
export async function makeCloudImage(checkout: string): Promise<void> {
  try {
    const recipe = await cloudImageRecipe(checkout);
    await buildCloudImage(checkout, recipe);
    const draft = `${link()}.${String(process.pid)}`;
    symlinkSync(recipe.file, draft);
    renameSync(draft, link());
  } catch (error) {
    rmSync(link(), { force: true });
    say(`cloud image: not there for the tests: ${messageOf(error)}`);
  }
}
