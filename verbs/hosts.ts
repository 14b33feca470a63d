import * as z from "zod";
import type { LedgerEntry } from "../host/promises";
import { reachableAddress } from "./addresses";
import { file } from "./inputs";
import { locateProject } from "./project";
import { surveyHost, type Surveyed } from "./survey";
import { verb } from "./verb";

/** Prints lines for a hosts file. Never edits one: that needs rights which this tool does not want. */
export const hosts = verb({
  name: "hosts",
  summary: "print hosts-file lines that give running instances their names",
  input: z.object({
    file,
    all: z.boolean().default(false).meta({ description: "of every project and stack of yours on this host" }),
  }),
  output: z.object({ lines: z.array(z.object({ address: z.string(), name: z.string(), id: z.string() })) }),
  changes: false,
  async run(input, context) {
    const { stack } = locateProject(context, input.file);
    const { instances } = await surveyHost(context, input.all ? {} : { stack });
    const running = instances.filter(runs).map(({ entry }) => entry);
    return { lines: running.flatMap((entry) => hostsLines(entry, localName(entry, running))) };
  },
  text: ({ lines }) => lines.map(({ address, name }) => `${address}\t${name}`).join("\n"),
});

function runs({ entry, observation }: Surveyed): boolean {
  return !entry.leaving && observation?.state === "present" && observation.properties.running;
}

/**
 * A line for its own address, or else one for each address that its ports are bound to; without either nothing of this
 * host leads to it.
 */
function hostsLines({ id, ports, address }: LedgerEntry, name: string) {
  const addresses = new Set(address === undefined ? ports.map(reachableAddress) : [address.address]);
  return [...addresses].map((each) => ({ address: each, name, id }));
}

/** `web.local`; where several have one id, the name at the backend tells them apart: `web-1a2b3c.local`. */
function localName({ id, name }: LedgerEntry, all: readonly LedgerEntry[]): string {
  const isAmbiguous = all.filter((entry) => entry.id === id).length > 1;
  return `${isAmbiguous ? name : id}.local`;
}
