/**
 * The default box: a well-known public one; where Vagrant's registry is out of reach, one built by the recipe in
 * tools/rootfs and named by its content.
 */

import { existsSync } from "node:fs";
import type { SetupRecord } from "../../host/setup-record";
import { GroundworkError, messageOf } from "../../settings/errors";
import { boxRecipe, buildBox, type BoxRecipe } from "../rootfs/build";
import { publicBox } from "../../settings/box";
import { downloadText } from "./download";
import { run, runStage, say } from "./processes";

type Box = NonNullable<SetupRecord["box"]>;

/**
 * Finds the default box in Vagrant's store, or brings it there.
 *
 * @param vagrant the program's path
 * @throws GroundworkError INSUFFICIENT_RESOURCES when there is no room to build it; PROVIDER_NOT_AVAILABLE saying why
 *   no way works
 */
export async function setUpBox(vagrant: string, checkout: string): Promise<Box> {
  const present = await boxesOf(vagrant);
  if (present.includes(publicBox)) return { name: publicBox, origin: "downloaded" };
  const recipe = await boxRecipe(checkout).catch(messageOf);
  if (typeof recipe !== "string" && present.includes(recipe.name) && existsSync(recipe.file)) return built(recipe);
  try {
    await addPublicBox(vagrant);
    return { name: publicBox, origin: "downloaded" };
  } catch (error) {
    say(`box: ${publicBox} is passed over: ${messageOf(error)}`);
  }
  try {
    if (typeof recipe === "string") throw new Error(recipe);
    await buildBox(checkout, recipe);
    if (!present.includes(recipe.name)) await addBox(vagrant, ["--name", recipe.name, recipe.file]);
    return built(recipe);
  } catch (error) {
    if (error instanceof GroundworkError) throw error;
    throw new GroundworkError("PROVIDER_NOT_AVAILABLE", `There is no default box: ${messageOf(error)}.`, {
      suggestion: "Write a box of your own in BOX, or mend what is said above and run `make setup-vm` again.",
    });
  }
}

function built({ name, file }: BoxRecipe): Box {
  return { name, file, origin: "built from packages" };
}

/** The names of the boxes for libvirt in Vagrant's store. */
async function boxesOf(vagrant: string): Promise<readonly string[]> {
  const answer = await run(vagrant, ["box", "list"], { cwd: "/" });
  return answer.split("\n").flatMap((line) => /^(\S+)\s+\(libvirt,/.exec(line)?.[1] ?? []);
}

/** Vagrant itself waits long for a registry that is out of reach. */
async function addPublicBox(vagrant: string): Promise<void> {
  await downloadText(`https://vagrantcloud.com/${publicBox}`);
  await addBox(vagrant, [publicBox]);
}

/** Away from any project: Vagrant would read its Vagrantfile. */
async function addBox(vagrant: string, box: readonly string[]): Promise<void> {
  const command = ["box", "add", "--provider", "libvirt", ...box];
  await runStage("box: adding it to Vagrant's store", vagrant, command, { cwd: "/" });
}
