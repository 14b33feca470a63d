/** The resources of a state, as far as delivery reads them. Pure. */

import * as z from "zod";

const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

const exportedSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).nullish() }).nullish(),
});

/** What a state holds. */
export interface State {
  /** Without the stack itself and its providers. */
  readonly resources: readonly z.output<typeof resourceSchema>[];
}

/** Reads what `pulumi stack export` printed. */
export function readState(exported: string): State {
  const { deployment } = exportedSchema.parse(JSON.parse(exported));
  return { resources: (deployment?.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:")) };
}
