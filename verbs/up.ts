import * as z from "zod";
import { readLastUp } from "../engine/last-up";
import { hostCapacity } from "../host/capacity";
import { Ledger } from "../host/ledger";
import type { LedgerEntry } from "../host/promises";
import { warnings as capacityWarnings } from "../host/refusals";
import { seal } from "../host/sealed";
import type { OwnedPort } from "../settings/instance-objects";
import type { InstanceSpec } from "../settings/instance-spec";
import { applyPower, type Order } from "./apply";
import { fingerprint } from "./fingerprint";
import { file } from "./inputs";
import { findEntry, locateInstance, type LocatedInstance } from "./instance";
import { withWishes, type PlaybookWishes } from "./playbook";
import { loadProject, locateProject, type ProjectPlace } from "./project";
import { movedHint } from "./projects";
import { instanceReport, reportOf, reportText } from "./report";
import { upAll, upAllExitStatus, upAllOutput, upAllText } from "./up-all";
import { verb, type VerbContext } from "./verb";

const upOutput = z.object({ changed: z.boolean(), instance: instanceReport, warnings: z.array(z.string()) });

/** Brings the project's instance up, or to what its settings say now. */
export const up = verb({
  name: "up",
  summary: "make the instance what the settings say, and start it",
  input: z.object({
    file,
    full: z.boolean().default(false).meta({ description: "run the engine even when nothing seems to have changed" }),
    provision: z.boolean().optional().meta({
      description: "apply the playbook though it has not changed",
      negation: "leave the playbook alone",
    }),
    extraVars: z.string().optional().meta({ description: "variables of the playbook: name=value,other=value" }),
    all: z.boolean().default(false).meta({ description: "every project of yours on this host that you did not stop" }),
  }),
  output: z.union([upOutput, upAllOutput]),
  changes: true,
  run({ file, full, all, provision, extraVars }, context) {
    const wishes = { full, provision, extraVars };
    return all ? upAll(context, (one, its) => upOne(one, its, wishes)) : upOne(context, file, wishes);
  },
  text: (output) => ("projects" in output ? upAllText(output) : upText(output)),
  exitStatus: (output) => ("projects" in output ? upAllExitStatus(output) : 0),
});

interface Wishes extends PlaybookWishes {
  readonly full: boolean;
}

async function upOne(
  context: VerbContext,
  file: string | undefined,
  wishes: Wishes,
): Promise<z.infer<typeof upOutput>> {
  const project = loadProject(context, file);
  const place = locateProject(context, file);
  const spec = withWishes(project.spec, wishes);
  const isLong = wishes.full || wishes.provision === true;
  const unchanged = isLong ? undefined : await findUnchanged(context, place, spec);
  const before = unchanged?.entry ?? (await findEntry(context, place));
  const instance = unchanged ?? (await applyPower(context, place, spec, "running", orderOf(context, spec, wishes)));
  forgetDead(context, instance.entry);
  const warnings = [
    ...project.warnings,
    ...capacityWarnings([project.spec], hostCapacity()),
    ...movedPorts(before, instance.entry),
    ...(place.stack === undefined ? [movedHint(context)] : []).filter((hint) => hint !== undefined),
  ];
  return { changed: unchanged === undefined, instance: reportOf(instance), warnings };
}

/** What the file does not say goes to the program in the file's place. */
function orderOf(context: VerbContext, spec: InstanceSpec, { provision, extraVars }: Wishes): Order {
  const isFiles = provision !== false && extraVars === undefined;
  return { sealedSpec: isFiles ? undefined : seal(context.home, spec), applyAgain: provision === true };
}

function upText({ changed, instance, warnings }: z.infer<typeof upOutput>): string {
  const lines = [reportText(instance), ...warnings.map((warning) => `warning: ${warning}`)];
  return changed ? lines.join("\n") : ["Nothing has changed.", ...lines].join("\n");
}

/** Says of automatic ports that had to be given up for others. */
function movedPorts(before: LedgerEntry | undefined, now: LedgerEntry): string[] {
  const key = ({ inside, protocol, address }: OwnedPort) => `${inside}/${protocol} at ${address}`;
  return now.ports.flatMap((port) => {
    const old = before?.ports.find((candidate) => candidate.automatic && key(candidate) === key(port));
    if (!port.automatic || old === undefined || old.host === port.host) return [];
    return [`port ${old.host} of ${now.id} was taken by another program; ${key(port)} is port ${port.host} now.`];
  });
}

/** What a run that was killed meant to do is of no interest once the instance is as it should be. */
function forgetDead(context: VerbContext, entry: LedgerEntry): void {
  if (entry.intent?.stale !== true) return;
  using ledger = Ledger.open(context.home);
  ledger.clearIntent(entry, entry.intent.holder);
}

/** The instance, when everything is as the last successful run left it: then the engine need not start. */
async function findUnchanged(
  context: VerbContext,
  place: ProjectPlace,
  spec: InstanceSpec,
): Promise<LocatedInstance | undefined> {
  const last = place.stack === undefined ? undefined : readLastUp(context.home, place.stack);
  if (last === undefined) return undefined;
  const located = await locateInstance(context, place);
  if (located?.observation.state !== "present") return undefined;
  // What a killed run began may still be going on: it is not what was looked at for long.
  if (located.entry.intent?.stale === false) return undefined;
  const now = fingerprint(context, spec, located);
  return now !== undefined && now.order === last.order && now.real === last.real ? located : undefined;
}
