/** ArgoCD's Applications, as Kubernetes has them: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml */

import * as z from "zod";
import { canonicalJson } from "../../settings/canonical-json";

const source = z.record(z.string(), z.unknown());

const applicationSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  /** What ArgoCD has been asked to do and has not begun. */
  operation: z.unknown().optional(),
  spec: z.object({
    source: source.optional(),
    syncPolicy: z.object({ automated: z.unknown().optional() }).optional(),
  }),
  status: z
    .object({
      sync: z.object({ status: z.string(), comparedTo: z.object({ source: source.optional() }).optional() }).optional(),
      health: z.object({ status: z.string().optional(), message: z.string().optional() }).optional(),
      conditions: z.array(z.object({ type: z.string(), message: z.string() })).optional(),
      operationState: z
        .object({
          phase: z.string(),
          message: z.string().optional(),
          syncResult: z.object({ revision: z.string() }).optional(),
        })
        .optional(),
      /** Each sync that succeeded, the last one last. */
      history: z.array(z.object({ revision: z.string().optional(), source: source.optional() })).optional(),
    })
    .default({}),
});

/** An Application of an environment, as far as delivery reads it. */
export type Application = z.output<typeof applicationSchema>;

/** What an Application was synced with when a checkpoint was taken. */
export const syncedApplication = z.object({
  namespace: z.string(),
  name: z.string(),
  /** The commit. */
  revision: z.string(),
  /** Where that is from, with the values that its chart was told. */
  source,
});

/** See {@link syncedApplication}. */
export type SyncedApplication = z.output<typeof syncedApplication>;

/** Where the root applications are; those of the environments are each in its own. */
const rootNamespace = "argocd";

/** The applications of the environments in an answer of `kubectl get applications -A -o json`. */
export function readApplications(answer: string): readonly Application[] {
  const { items } = z.object({ items: z.array(applicationSchema) }).parse(JSON.parse(answer));
  return items.filter(({ metadata }) => metadata.namespace !== rootNamespace);
}

/** One Application, as `kubectl get application NAME -o json` gives it. */
export function readApplication(answer: unknown): Application {
  return applicationSchema.parse(answer);
}

/** `staging/shop`. */
export function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** Whether ArgoCD syncs it by itself: then it is what Git says, and nothing else. */
export function isAutomatic({ spec }: Application): boolean {
  return (spec.syncPolicy?.automated ?? undefined) !== undefined;
}

/** What ArgoCD says of it, e.g. `Synced and Healthy`. */
export function foundOf({ status }: Application): string {
  return `${status.sync?.status ?? "Unknown"} and ${status.health?.status ?? "Unknown"}`;
}

/**
 * What is wrong with it, as it is now; undefined where it is well. One that ArgoCD does not sync by itself waits for a person
 * to sync it, and has to be healthy alone.
 */
export function whyUnwell(application: Application): string | undefined {
  const { sync, health, conditions = [] } = application.status;
  const isSynced = sync?.status === "Synced" || !isAutomatic(application);
  if (isSynced && health?.status === "Healthy") return undefined;
  const because = [health?.message, ...conditions.map(({ message }) => message)].filter((one) => one !== undefined);
  const allowed = isAutomatic(application) ? "Synced and Healthy" : "Healthy";
  return `${[`is ${foundOf(application)}`, ...because].join(": ")}; allowed: ${allowed}`;
}

/** What it was synced with last; undefined where it never was. */
export function syncedWith({ metadata, status }: Application): SyncedApplication | undefined {
  const last = status.history?.at(-1);
  if (last?.revision === undefined || last.source === undefined) return undefined;
  return { namespace: metadata.namespace, name: metadata.name, revision: last.revision, source: last.source };
}

/** By wave, the lowest first: those of one are there and healthy before the next begins. */
export function wavesOf(applications: readonly Application[]): readonly (readonly Application[])[] {
  const waveOf = ({ metadata }: Application) => Number(metadata.annotations["argocd.argoproj.io/sync-wave"] ?? 0);
  const byWave = Map.groupBy(applications, waveOf);
  return [...byWave].sort(([one], [other]) => one - other).map(([, its]) => its);
}

/** Whether it is what Git says now; our own gate between waves asks the same, see components/gitops/application-health.ts. */
export function isAsInGit({ spec, status }: Application): boolean {
  const compared = canonicalJson(status.sync?.comparedTo?.source) === canonicalJson(spec.source);
  return compared && status.sync?.status === "Synced" && status.health?.status === "Healthy";
}

/** Whether it was synced with this last, and is healthy. */
export function isSyncedWith(application: Application, { revision, source: wanted }: SyncedApplication): boolean {
  const last = syncedWith(application);
  const isIt = last?.revision === revision && canonicalJson(last.source) === canonicalJson(wanted);
  return isIt && !isBusy(application) && application.status.health?.status === "Healthy";
}

/** Whether ArgoCD has something to do for it; it does one thing after the other. */
export function isBusy({ operation, status }: Application): boolean {
  return (operation ?? undefined) !== undefined || status.operationState?.phase === "Running";
}

/**
 * Why waiting for it is in vain; undefined where it is not. That it is not healthy is no reason: what comes back is not at
 * first.
 */
export function failureOf(application: Application): string | undefined {
  const { status } = application;
  // What Git says counts for those alone that follow it.
  const wrong = isAutomatic(application) ? status.conditions?.find(({ type }) => fatal.includes(type)) : undefined;
  if (wrong !== undefined) return wrong.message;
  const { phase = "", message } = status.operationState ?? {};
  return /^(Failed|Error)$/.test(phase) && !isBusy(application) ? (message ?? "the sync failed") : undefined;
}

const fatal: readonly string[] = ["ComparisonError", "InvalidSpecError"];

/** The patch by which ArgoCD brings it back, as `argocd app rollback` does: the source of then, with its values. */
export function rollbackPatch({ revision, source: wanted }: SyncedApplication, actor: string, reason: string): object {
  return {
    operation: {
      initiatedBy: { username: actor },
      info: [{ name: "Reason", value: reason }],
      sync: { revision, source: wanted, syncStrategy: { hook: {} }, syncOptions: ["ServerSideApply=true"] },
    },
  };
}
