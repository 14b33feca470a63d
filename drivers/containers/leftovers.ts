/** What instances and stacks that are gone left at a backend. */

import * as z from "zod";
import type { Leftover } from "../driver";
import type { InspectedContainer } from "./inspect";
import { removeEmptyNetwork } from "./leave-networks";
import { emptyNetworks, findNetwork } from "./networks";
import type { ContainerProgram } from "./program";

const images = z.array(
  z.object({
    Id: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  }),
);

/** The networks that no container is on, and the layers and snapshots of instances that are not among `containers`. */
export async function findLeftovers(
  program: ContainerProgram,
  host: string,
  containers: readonly InspectedContainer[],
): Promise<readonly Leftover[]> {
  const networks = (await emptyNetworks(program, host)).map(({ name, labels }) => ({
    ...({ kind: "network", objectId: name, name, stack: labels["groundwork.stack"] ?? "" } as const),
  }));
  const present = new Set(containers.map(({ Config }) => ownerOf(Config.Labels)));
  const used = new Set(containers.map(({ Image }) => Image));
  const left = (await imagesOf(program, host)).filter(
    ({ Id, Config }) => !used.has(Id) && !present.has(ownerOf(Config?.Labels)),
  );
  return [
    ...networks,
    ...left.map(({ Id, RepoTags, Config }) => ({
      ...({
        kind: "image",
        objectId: Id,
        name: RepoTags?.[0] ?? Id,
        stack: Config?.Labels?.["groundwork.stack"] ?? "",
      } as const),
    })),
  ];
}

/** Removes a leftover; one that is used since then is left, and one that is gone is fine. */
export async function removeLeftover(program: ContainerProgram, { kind, objectId }: Leftover): Promise<void> {
  if (kind !== "network") await program.call(["rmi", objectId]);
  else {
    const network = await findNetwork(program, objectId);
    if (network !== undefined) await removeEmptyNetwork(program, network);
  }
}

async function imagesOf(program: ContainerProgram, host: string): Promise<z.infer<typeof images>> {
  const filter = ["--filter", `label=groundwork.host=${host}`];
  const ids = [...new Set(await program.runLines(["images", "--quiet", "--no-trunc", ...filter]))];
  if (ids.length === 0) return [];
  return images.parse(JSON.parse((await program.call(["image", "inspect", ...ids])).stdout));
}

function ownerOf(labels: Readonly<Record<string, string>> | null | undefined): string {
  return JSON.stringify([labels?.["groundwork.stack"], labels?.["groundwork.id"]]);
}
