/** What a Podman leaves that was killed while it made a container: its storage, which has the name and is no container. */

import * as z from "zod";
import type { ContainerProgram } from "./program";

const listed = z.array(z.object({ Id: z.string(), Names: z.array(z.string()).nullish(), State: z.string() }));

/**
 * Removes the storage that has this name and belongs to no container; returns whether there was any. No other container
 * can have the name before (podman 4.3.1: "is already in use"), and `container inspect` does not find it.
 */
export async function removeOrphan(program: ContainerProgram, name: string): Promise<boolean> {
  const { listsStorage, removeAtOnce } = program.dialect;
  if (listsStorage === undefined) return false;
  const all = listed.parse(JSON.parse(await program.run(listsStorage)));
  const orphan = all.find(({ Names, State }) => State === "storage" && Names?.includes(name) === true);
  if (orphan === undefined) return false;
  // By its id, which a container that was made in between does not have.
  await program.run([...removeAtOnce, orphan.Id]);
  return true;
}
