import * as z from "zod";
import * as engine from "../engine/operations";
import { readDrift, type InstanceDrift, type PropertyDrift } from "../engine/watch";
import { GroundworkError } from "../settings/errors";
import { file } from "./inputs";
import { findEntry, locateInstance } from "./instance";
import { tryOn, withWishes } from "./playbook";
import { diffLines } from "./playbook-preview";
import { loadProject, locateProject, type ProjectPlace } from "./project";
import { requireRunning } from "./required";
import { existingWorkspace } from "./workspace";
import { showValue } from "./report";
import { engineStart, tellSteps } from "./steps";
import { verb, type VerbContext } from "./verb";

const propertyDrift = z.object({ property: z.string(), promised: z.unknown(), real: z.unknown() });

/** Compares what is real with what was promised. Changes nothing, the state included. */
export const drift = verb({
  name: "drift",
  summary: "compare what is real with what was promised; 7 when they differ",
  input: z.object({
    file,
    provision: z.boolean().default(false).meta({ description: "try the playbook too, and count what it would change" }),
  }),
  output: z.object({
    drift: z.boolean(),
    instances: z.array(z.object({ id: z.string(), properties: z.array(propertyDrift).readonly() })),
    /** Who has the instance's name at the backend, where that is someone else. */
    nameHeldBy: z.string().optional(),
    /** The tasks of the playbook that would change something, where it was tried. */
    tasks: z
      .array(z.object({ task: z.string(), diff: z.string() }))
      .readonly()
      .optional(),
  }),
  changes: false,
  async run(input, context) {
    const place = locateProject(context, input.file);
    const workspace = existingWorkspace(context, place);
    const found = new Map<string, InstanceDrift>();
    context.progress(engineStart);
    const tell = tellSteps(context, ["look"]);
    const differs = await engine.detectDrift(workspace, {
      signal: context.signal,
      onEvent: (event) => {
        tell(event);
        const instance = readDrift(event);
        if (instance !== undefined) found.set(instance.id, instance);
      },
    });
    const wasStopped = (await findEntry(context, place))?.power === "stopped";
    const instances = wasStopped ? withoutStop([...found.values()], workspace.stack) : [...found.values()];
    const nameHeldBy = instances.some(isGone) ? await findNameHolder(context, place) : undefined;
    const tasks = input.provision ? await findChangingTasks(context, input.file) : undefined;
    const isDrift = (wasStopped ? instances.length > 0 : differs) || (tasks !== undefined && tasks.length > 0);
    return {
      drift: isDrift,
      instances,
      ...(nameHeldBy === undefined ? {} : { nameHeldBy }),
      ...(tasks === undefined ? {} : { tasks }),
    };
  },
  text({ drift, instances, nameHeldBy, tasks = [] }) {
    if (!drift) return "What is real is as promised.";
    const lines = instances.flatMap(({ id, properties }) =>
      properties.map(
        ({ property, promised, real }) =>
          `${id}: ${property}: promised ${showValue(promised)}, real ${showValue(real)}`,
      ),
    );
    const changing = tasks.map(({ task, diff }) =>
      [`the playbook would change: ${task}`, ...diffLines(diff)].join("\n"),
    );
    const how =
      instances.length === 0 ? "Run `vagrantp up --provision` to repair it." : "Run `vagrantp up` to repair it.";
    const repair =
      nameHeldBy === undefined
        ? how
        : `${nameHeldBy}\nRemove or rename that yourself, then run \`vagrantp up\` to repair it.`;
    return [...lines, ...changing, repair].join("\n");
  },
  exitStatus: ({ drift }) => (drift ? 7 : 0),
});

/**
 * What the playbook of the settings would change in the running instance.
 *
 * @throws ENGINE_FAILED when a task cannot be tried: 7 is for drift alone
 */
async function findChangingTasks(context: VerbContext, file: string | undefined) {
  const { provisioning } = withWishes(loadProject(context, file).spec, { provision: true });
  const located = await requireRunning(context, file);
  const results = provisioning === undefined ? [] : await tryOn(context, located, provisioning);
  const failed = results.find(({ status }) => status === "failed");
  if (failed === undefined) {
    return results.filter(({ status }) => status === "changed").map(({ task, diff }) => ({ task, diff }));
  }
  throw new GroundworkError("ENGINE_FAILED", `the task "${failed.task}" cannot be tried: ${failed.message}`, {
    details: { task: failed.task, host: failed.host },
    suggestion:
      "Give the task `check_mode: false` or `when: not ansible_check_mode`, or run `vagrantp up --provision`.",
  });
}

/**
 * `stop --force` goes past the engine, whose state learns of it with the next run: until then the instance stands
 * still, and its memory is given back, by its user's wish.
 */
function withoutStop(instances: readonly InstanceDrift[], stack: string): InstanceDrift[] {
  return instances
    .filter(({ id }) => id !== stack)
    .map(({ id, properties }) => ({ id, properties: properties.filter((property) => !isStop(property)) }))
    .filter(({ properties }) => properties.length > 0);
}

function isGone({ properties }: InstanceDrift): boolean {
  return properties.some(({ property, real }) => property === "exists" && real === false);
}

async function findNameHolder(context: VerbContext, place: ProjectPlace): Promise<string | undefined> {
  const located = await locateInstance(context, place);
  return located?.observation.state === "foreign" ? located.observation.description : undefined;
}

function isStop({ property, promised, real }: PropertyDrift): boolean {
  return property === "running" && promised === true && real === false;
}
