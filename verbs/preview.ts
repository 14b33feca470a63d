import * as z from "zod";
import { changeOf } from "../drivers";
import * as engine from "../engine/operations";
import { knownAfterUp, readPlannedChange, type PlannedChange } from "../engine/watch";
import type { LedgerEntry } from "../host/promises";
import { formatPort, type Backend, type InstanceSpec, type PortWish } from "../settings/instance-spec";
import { file } from "./inputs";
import { locateInstance } from "./instance";
import { playbookPreview, playbookText, previewPlaybook } from "./playbook-preview";
import { loadProject, locateProject, type ProjectPlace } from "./project";
import { refuseEarly } from "./refuse-early";
import { showValue } from "./report";
import { engineStart, lookingActions, tellSteps } from "./steps";
import { verb, type VerbContext } from "./verb";
import { openWorkspace } from "./workspace";

const propertyChange = z.object({ property: z.string(), from: z.unknown(), to: z.unknown() });

/** How `up` would make up the difference, by what it costs. */
const kinds = ["none", "create", "in place", "restart", "recreate", "replace", "remove and create"] as const;

type Kind = (typeof kinds)[number];

/** What each kind means for what runs and for what was written inside; volumes stay in every case. */
const costs: Readonly<Record<Kind, string>> = {
  none: "nothing would change",
  create: "a new instance",
  "in place": "what runs goes on",
  restart: "it is started or stopped; its files stay",
  recreate: "it is made again, and so starts anew; its files stay",
  replace: "a new one from the new image; the files of the old one are kept",
  "remove and create": "another instance; this one is removed with its files",
};

/** Shows what `up` would change. Changes no instance and promises nothing. */
export const preview = verb({
  name: "preview",
  summary: "show what `up` would change",
  input: z.object({ file }),
  output: z.object({
    id: z.string(),
    change: z.enum(kinds),
    properties: z.array(propertyChange).readonly(),
    /** What would be done with the playbook. */
    playbook: playbookPreview.optional(),
  }),
  changes: false,
  async run(input, context) {
    const { spec } = loadProject(context, input.file);
    const place = locateProject(context, input.file);
    await refuseEarly(context, place, spec);
    const located = await locateInstance(context, place);
    const plan = await planInstance(context, place, spec, located?.entry);
    const playbook = await previewPlaybook(context, spec, keepsFiles(plan.change) ? located : undefined);
    return { id: spec.id, ...plan, ...(playbook === undefined ? {} : { playbook }) };
  },
  text({ id, change, properties, playbook }) {
    const about = playbook === undefined ? [] : [playbookText(id, playbook)];
    if (change === "none") return [`${id}: ${costs.none}.`, ...about].join("\n");
    const lines = properties.map(({ property, from, to }) => `  ${property}: ${showValue(from)} -> ${showValue(to)}`);
    return [`${id}: ${change} (${costs[change]})`, ...lines, ...about].join("\n");
  },
});

interface InstancePlan {
  readonly change: Kind;
  readonly properties: PlannedChange["properties"];
}

/** What the engine would do to the instance itself; its playbook is told apart. */
async function planInstance(
  context: VerbContext,
  place: ProjectPlace,
  spec: InstanceSpec,
  entry: LedgerEntry | undefined,
): Promise<InstancePlan> {
  if (entry === undefined) return { change: "create", properties: [] };
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
  if (planned === undefined) return { change: "none", properties: [] };
  const properties = planned.properties.filter(({ property }) => property !== "playbook");
  return {
    change: kindOf(spec.backend, { ...planned, properties }),
    properties: withPorts(properties, spec.ports, entry),
  };
}

/** Whether what a playbook did is still there afterwards. */
function keepsFiles(change: Kind): boolean {
  return change === "none" || change === "in place" || change === "restart" || change === "recreate";
}

/** The engine replaces a sensor only when it becomes another instance's. */
function kindOf(backend: Backend, { change, properties }: PlannedChange): Kind {
  if (change === "create") return "create";
  return change === "replace"
    ? "remove and create"
    : changeOf(
        backend,
        properties.map(({ property }) => property),
      );
}

/** To the engine one port that is still to be chosen makes all of them unknown; those that stay are known all the same. */
function withPorts(
  properties: PlannedChange["properties"],
  wishes: readonly PortWish[],
  entry: LedgerEntry,
): PlannedChange["properties"] {
  const held = (wish: PortWish) =>
    entry.ports.find(
      ({ automatic, inside, protocol }) => automatic && inside === wish.inside && protocol === wish.protocol,
    );
  const planned = wishes.map((wish) =>
    formatPort(wish.host === "auto" ? { ...wish, host: held(wish)?.host ?? "auto" } : wish),
  );
  return properties.map((each) =>
    each.property === "ports" && each.to === knownAfterUp ? { ...each, to: planned.sort() } : each,
  );
}
