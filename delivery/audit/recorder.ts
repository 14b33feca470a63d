/** Writes the audit of a run: first to the store beside the state, then to Loki. */

import { randomUUID } from "node:crypto";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { getStackConfig } from "../../engine/stack-config";
import type { Workspace } from "../../engine/workspace";
import { platformTenant } from "../../settings/platform/audit";
import { environmentsSchema } from "../../settings/platform/environments";
import type { DeliveryContext } from "../context";
import { entryOfEvent } from "./engine-events";
import { lokiOf } from "./loki";
import { forgetOld, keep, sendKept, type SendReport } from "./outbox";
import { shortened, toLine, type AuditEntry, type AuditRecord } from "./record";

/** The audit of one run. */
export interface Recorder {
  /**
   * Resolves when the entry is in the store: whoever is killed after that has lost nothing. Then it can be sent.
   *
   * @throws the store's error; the entry waits, and the next call tries it again
   */
  readonly record: (entry: AuditEntry) => Promise<void>;
  /** Records what the engine did. Nothing is waited for: {@link flush} tells what failed. */
  readonly observe: (event: EngineEvent) => void;
  /**
   * Sends all that is kept, of earlier runs too, and removes what is too old. What Loki does not take is kept and told.
   *
   * @throws the store's error; what could not be kept is told line by line before, so that the run's log has it
   */
  readonly flush: () => Promise<SendReport>;
}

/** One file in the store, and one push, holds at most so many: Loki takes about a megabyte at once gladly. */
const mostAtOnce = 500;

/** Begins the audit of a run. Loki is the one that the environment names; see `lokiOf`. */
export function recorder(context: DeliveryContext, env: NodeJS.ProcessEnv = process.env): Recorder {
  const { storage, workspace } = context;
  const { stack } = workspace;
  const loki = lokiOf(env);
  const environments = environmentsOf(workspace);
  const waiting: AuditRecord[] = [];
  let writing: Promise<void> = Promise.resolve();

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostAtOnce);
      await keep(storage, batch);
      waiting.splice(0, batch.length);
    }
  };
  // One after the other, so that what comes while one is written goes together.
  const write = (): Promise<void> => (writing = writing.then(writeAll, writeAll));

  return {
    record(entry) {
      waiting.push(complete(context, entry));
      return write();
    },
    observe(event) {
      const entry = entryOfEvent(event, environments);
      if (entry === undefined) return;
      waiting.push(complete(context, entry));
      write().catch(() => undefined);
    },
    async flush() {
      await write().catch((error: unknown) => {
        for (const record of waiting) context.say(toLine(record));
        throw error;
      });
      const report = await sendKept(storage, stack, loki, { signal: context.signal });
      await forgetOld(storage, stack, new Date());
      return report;
    },
  };
}

function complete({ workspace, run }: DeliveryContext, entry: AuditEntry): AuditRecord {
  const { message, ...rest } = entry;
  return {
    id: randomUUID(),
    at: new Date().toISOString(),
    stack: workspace.stack,
    environment: platformTenant,
    actor: run.actor,
    commit: run.commit,
    ...rest,
    ...(message === undefined ? {} : { message: shortened(message) }),
  };
}

/** Those of a platform; another kind of stack makes no objects of Kubernetes. */
function environmentsOf(workspace: Workspace): readonly string[] {
  const written = environmentsSchema.safeParse(getStackConfig(workspace, ["groundwork:platform", "environments"]));
  return written.success ? Object.keys(written.data) : [];
}
