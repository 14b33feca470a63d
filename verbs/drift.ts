import { z } from "zod";
import * as engine from "../engine/operations";
import { readDrift, type InstanceDrift } from "../engine/watch";
import { file } from "./inputs";
import { existingWorkspace, locateProject } from "./project";
import { verb } from "./verb";

const propertyDrift = z.object({ property: z.string(), promised: z.unknown(), real: z.unknown() });

/** Compares what is real with what was promised. Changes nothing, the state included. */
export const drift = verb({
  name: "drift",
  summary: "compare what is real with what was promised; 7 when they differ",
  input: z.object({ file }),
  output: z.object({
    drift: z.boolean(),
    instances: z.array(z.object({ id: z.string(), properties: z.array(propertyDrift).readonly() })),
  }),
  changes: false,
  async run(input, context) {
    const workspace = existingWorkspace(context, locateProject(context, input.file));
    const found = new Map<string, InstanceDrift>();
    const drift = await engine.detectDrift(workspace, {
      signal: context.signal,
      onEvent: (event) => {
        const instance = readDrift(event);
        if (instance !== undefined) found.set(instance.id, instance);
      },
    });
    return { drift, instances: [...found.values()] };
  },
  text({ drift, instances }) {
    if (!drift) return "What is real is as promised.";
    const lines = instances.flatMap(({ id, properties }) =>
      properties.map(
        ({ property, promised, real }) => `${id}: ${property}: promised ${show(promised)}, real ${show(real)}`,
      ),
    );
    return [...lines, "Run `vagrantp up` to repair it."].join("\n");
  },
  exitStatus: ({ drift }) => (drift ? 7 : 0),
});

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
