/**
 * Brings the applications of a platform's environments back to what they were synced with, wave by wave. What ArgoCD syncs
 * by itself is what Git says: that is waited for, and only a commit that reverts brings it back.
 */

import { setTimeout as wait } from "node:timers/promises";
import { kubectl, type ClusterAccess } from "../../host/kubectl";
import { GroundworkError } from "../../settings/errors";
import * as is from "./application";
import type { Application, SyncedApplication } from "./application";

/** How it is done. */
export interface BringBackOptions {
  readonly actor: string;
  /** For people who look at the Application. */
  readonly reason: string;
  /** Told what has been done, a line each. */
  readonly say: (line: string) => void;
  /** For each wave. @default ten minutes */
  readonly limitMs?: number;
  /** Between two looks. @default two seconds */
  readonly pauseMs?: number;
  /** Aborted: it ends at once; what ArgoCD has been asked it goes on with. @default never */
  readonly signal?: AbortSignal;
}

/** The applications of the environments, as they are now. */
export async function listApplications(cluster: ClusterAccess): Promise<readonly Application[]> {
  const all = ["get", "applications.argoproj.io", "--all-namespaces", "--output", "json"];
  return is.readApplications(await kubectl(cluster, all));
}

/** What they are synced with; those that never were are left out. */
export async function listSynced(cluster: ClusterAccess): Promise<readonly SyncedApplication[]> {
  const applications = await listApplications(cluster);
  return applications.map(is.syncedWith).filter((synced) => synced !== undefined);
}

/**
 * Brings them back, each environment by itself. Run again after it was stopped, it goes on where it was.
 *
 * @param recorded what they were synced with then
 * @returns what is left to people, a sentence each
 * @throws INFRA_NOT_RUNNING for applications that fail or take too long; later waves of their environment are not begun then
 */
export async function bringBack(
  cluster: ClusterAccess,
  recorded: readonly SyncedApplication[],
  options: BringBackOptions,
): Promise<readonly string[]> {
  const present = await listApplications(cluster);
  const wanted = new Map(recorded.map((one) => [is.nameOf(one), one]));
  const environments = [...Map.groupBy(present, ({ metadata }) => metadata.namespace).values()];
  const bringBackOne = async (applications: readonly Application[]) => {
    for (const wave of is.wavesOf(applications)) await bringBackWave(cluster, wave, wanted, options);
  };
  refuseTogether(await Promise.allSettled(environments.map(bringBackOne)));
  const names = new Set(present.map(({ metadata }) => is.nameOf(metadata)));
  const gone = recorded.filter((one) => !names.has(is.nameOf(one)));
  return [
    ...(await listApplications(cluster)).map((one) => leftToPeople(one, wanted.get(is.nameOf(one.metadata)))),
    ...gone.map((one) => `${is.nameOf(one)} is no longer in Git; revert the commit that took it out.`),
  ].filter((line) => line !== undefined);
}

/** What went wrong in any environment. */
function refuseTogether(environments: readonly PromiseSettledResult<void>[]): void {
  const [first, ...others] = environments.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (first === undefined) return;
  if (!(first instanceof GroundworkError)) throw first;
  const more = others.map((error) => ({ message: error.message }));
  const { code, message, suggestion } = first;
  throw new GroundworkError(code, message, { violations: [...first.violations, ...more], suggestion, cause: first });
}

async function bringBackWave(
  cluster: ClusterAccess,
  wave: readonly Application[],
  wanted: ReadonlyMap<string, SyncedApplication>,
  { limitMs = 600_000, pauseMs = 2000, signal, ...options }: BringBackOptions,
): Promise<void> {
  const open = new Set(wave.map((one) => is.nameOf(one.metadata)));
  const started = new Set<string>();
  const end = Date.now() + limitMs;
  for (;;) {
    const now = (await listApplications(cluster)).filter(({ metadata }) => open.has(is.nameOf(metadata)));
    for (const application of now) {
      const name = is.nameOf(application.metadata);
      const goal = wanted.get(name);
      if (isDone(application, goal)) open.delete(name);
      else if (is.isAutomatic(application) || started.has(name)) refuseFailed(application);
      else if (goal !== undefined && !is.isBusy(application)) {
        await start(cluster, goal, options);
        started.add(name);
      }
    }
    const late = now.filter(({ metadata }) => open.has(is.nameOf(metadata)));
    // One that Git has taken out meanwhile is not waited for.
    if (late.length === 0) return;
    if (Date.now() > end) throw tooLong(late, limitMs);
    await wait(pauseMs, undefined, { signal });
  }
}

/** One that is new since the checkpoint, and is synced by hand, stays as it is. */
function isDone(application: Application, goal: SyncedApplication | undefined): boolean {
  if (is.isAutomatic(application)) return is.isAsInGit(application);
  return goal === undefined || is.isSyncedWith(application, goal);
}

async function start(
  cluster: ClusterAccess,
  goal: SyncedApplication,
  { actor, reason, say }: Pick<BringBackOptions, "actor" | "reason" | "say">,
): Promise<void> {
  // All of it is in Git or the cluster's own: no secret.
  const patch = ["--type", "merge", "--patch", JSON.stringify(is.rollbackPatch(goal, actor, reason))];
  await kubectl(cluster, ["patch", "applications.argoproj.io", goal.name, "--namespace", goal.namespace, ...patch]);
  say(`${is.nameOf(goal)} goes back to ${goal.revision}.`);
}

function refuseFailed(application: Application): void {
  const why = is.failureOf(application);
  if (why === undefined) return;
  const name = is.nameOf(application.metadata);
  throw new GroundworkError("INFRA_NOT_RUNNING", `${name} does not come back: ${why}`, {
    suggestion: `Look at it (\`kubectl -n ${application.metadata.namespace} get all\`), then run the same command again.`,
  });
}

function tooLong(applications: readonly Application[], limitMs: number): GroundworkError {
  const minutes = Math.round(limitMs / 60_000);
  const violations = applications.map(({ metadata, status }) => ({
    message: `${is.nameOf(metadata)} is ${status.health?.status ?? "unknown"}, ${status.sync?.status ?? "not compared"}`,
  }));
  return new GroundworkError("INFRA_NOT_RUNNING", `Not all applications came back within ${minutes} minutes.`, {
    violations,
    suggestion: "Look at ArgoCD's page, then run the same command again: it goes on where it was.",
  });
}

function leftToPeople(application: Application, then: SyncedApplication | undefined): string | undefined {
  const name = is.nameOf(application.metadata);
  const now = is.syncedWith(application);
  if (then === undefined) return `${name} was not there at the checkpoint, and is left as it is.`;
  if (is.isAutomatic(application)) {
    if (now?.revision === then.revision) return undefined;
    return `${name} follows Git and is at ${now?.revision ?? "nothing"}; it was at ${then.revision}. Revert in Git to bring it back.`;
  }
  if (application.status.sync?.status === "Synced") return undefined;
  return `${name} is back at ${then.revision}, and Git says something newer: revert there, or the next sync undoes this.`;
}
