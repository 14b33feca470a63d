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
    return { lines: instances.filter(runs).flatMap(({ entry }) => hostsLines(entry)) };
  },
  text: ({ lines }) => lines.map(({ address, name }) => `${address}\t${name}`).join("\n"),
});

function runs({ entry, observation }: Surveyed): boolean {
  return !entry.leaving && observation?.state === "present" && observation.properties.running;
}

/** A line for each address that its ports are bound to; without ports nothing of this host leads to it. */
function hostsLines({ id, name, ports }: LedgerEntry) {
  const addresses = new Set(ports.map(reachableAddress));
  return [...addresses].map((address) => ({ address, name, id }));
}
