import * as z from "zod";
import { socketOf, urlOf } from "./addresses";
import { file } from "./inputs";
import { findEntry } from "./instance";
import { locateProject } from "./project";
import { notFound } from "./required";
import { renderTable } from "./table";
import { verb } from "./verb";

/** Shows which port of this host leads to which port inside. From the ledger alone: a stopped instance keeps its ports. */
export const ports = verb({
  name: "ports",
  summary: "list the ports inside and where this host serves them",
  input: z.object({ file }),
  output: z.object({
    id: z.string(),
    /** Its own address on a bridge: all its ports are served there, as they are inside. */
    address: z.string().optional(),
    ports: z.array(
      z.object({
        inside: z.number(),
        protocol: z.enum(["tcp", "udp"]),
        /** As bound; 0.0.0.0 is every address of this host. */
        address: z.string(),
        host: z.number(),
        /** Whether the port was chosen for an `auto:`. */
        automatic: z.boolean(),
        /** Where a browser may understand it. */
        url: z.string().optional(),
      }),
    ),
  }),
  changes: false,
  async run(input, context) {
    const place = locateProject(context, input.file);
    const entry = await findEntry(context, place);
    if (entry === undefined) throw notFound(context, place);
    const ports = entry.ports.map(({ inside, protocol, address, host, automatic }) => {
      const url = urlOf({ inside, protocol, address, host });
      return { inside, protocol, address, host, automatic, ...(url === undefined ? {} : { url }) };
    });
    return { id: entry.id, ...(entry.address === undefined ? {} : { address: entry.address.address }), ports };
  },
  text({ id, address, ports }) {
    const own = address === undefined ? [] : [`${id} has the address ${address}, where every port is as it is inside.`];
    if (ports.length === 0) return own[0] ?? `${id} has no ports.`;
    const rows = ports.map((port) => [`${port.inside}/${port.protocol}`, socketOf(port), port.url ?? ""]);
    return [...own, renderTable(["INSIDE", "HOST", "URL"], rows)].join("\n");
  },
});
