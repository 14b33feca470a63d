import * as z from "zod";
import * as engine from "../engine/operations";
import { readPlannedChange } from "../engine/watch";
import { findEntry, loadProject, locateProject, openWorkspace } from "./project";
import { refuseEarly } from "./up";
import { file } from "./inputs";
import { engineStart, lookingActions, tellSteps } from "./steps";
import { verb } from "./verb";

const propertyChange = z.object({ property: z.string(), from: z.unknown(), to: z.unknown() });

/** Shows what `up` would change. Changes no instance and promises nothing. */
export const preview = verb({
  name: "preview",
  summary: "show what `up` would change",
  input: z.object({ file }),
  output: z.object({
    id: z.string(),
    change: z.enum(["none", "create", "update", "replace"]),
    properties: z.array(propertyChange).readonly(),
  }),
  changes: false,
  async run(input, context) {
    const { spec } = loadProject(context, input.file);
    const place = locateProject(context, input.file);
    await refuseEarly(context, place, spec);
    const entry = await findEntry(context, place);
    if (entry === undefined) return { id: spec.id, change: "create" as const, properties: [] };
    const workspace = openWorkspace(context, place, spec.id, "running");
    let planned: ReturnType<typeof readPlannedChange>;
    context.progress(engineStart);
    const tell = tellSteps(context, lookingActions);
    try {
      await engine.preview(workspace, {
        signal: context.signal,
        onEvent: (event) => {
          tell(event);
          planned = readPlannedChange(event) ?? planned;
        },
      });
    } finally {
      openWorkspace(context, place, spec.id, entry.power);
    }
    return { id: spec.id, change: planned?.change ?? ("none" as const), properties: planned?.properties ?? [] };
  },
  text({ id, change, properties }) {
    if (change === "none") return `${id}: nothing would change.`;
    const lines = properties.map(({ property, from, to }) => `  ${property}: ${show(from)} -> ${show(to)}`);
    return [`${id}: ${change}`, ...lines].join("\n");
  },
});

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
