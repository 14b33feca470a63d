/** The subnets that an engine's networks have. */

import * as z from "zod";
import type { ContainerProgram } from "./program";

/** One element of what `network inspect` prints: Podman says `subnets`, Docker `IPAM`. */
const inspectedNetwork = z.object({
  subnets: z.array(z.object({ subnet: z.string() })).nullish(),
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })).nullish() }).nullish(),
});

/** In CIDR, of all networks of the engine, whoever made them. */
export async function listSubnets(program: ContainerProgram): Promise<readonly string[]> {
  const names = (await program.run(["network", "ls", "--quiet"])).split("\n").filter((name) => name !== "");
  if (names.length === 0) return [];
  // A network that goes in between makes the call fail; the others are printed all the same.
  return parseSubnets((await program.call(["network", "inspect", ...names])).stdout);
}

/** Reads what `network inspect` prints. */
export function parseSubnets(stdout: string): readonly string[] {
  const networks = z.array(inspectedNetwork).parse(JSON.parse(stdout));
  return networks.flatMap(({ subnets, IPAM }) => [
    ...(subnets ?? []).map(({ subnet }) => subnet),
    ...(IPAM?.Config ?? []).map(({ Subnet }) => Subnet),
  ]);
}
