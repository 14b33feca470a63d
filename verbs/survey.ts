/** What is really there for everything that this user was promised on this host. */

import type { Driver, Observation, Target } from "../drivers/driver";
import type { LedgerEntry } from "../host/promises";
import { GroundworkError, type ErrorObject } from "../settings/errors";
import type { Backend } from "../settings/instance-spec";
import { openLedger } from "./ledger";
import { openDriver, targetOf } from "./instance";
import type { VerbContext } from "./verb";

/** One promise, and what stands for it. */
export interface Surveyed {
  readonly entry: LedgerEntry;
  readonly target: Target;
  readonly driver: Driver;
  /** Undefined where the backend could not be asked. */
  readonly observation: Observation | undefined;
}

/** All promises of this user on this host, and the backends that could not be asked. */
export interface Survey {
  /** In the order of the ledger: by stack, then by id. */
  readonly instances: readonly Surveyed[];
  readonly problems: readonly ErrorObject["error"][];
}

/** What to ask, and about which promises. */
export interface SurveyOptions {
  /** Of this stack alone. @default every stack of this user on this host */
  readonly stack?: string | undefined;
  /** Asks too what the running instances use. @default false */
  readonly withUsage?: boolean;
}

/** Asks each backend once, whatever the number of instances. */
export async function surveyHost(context: VerbContext, options: SurveyOptions = {}): Promise<Survey> {
  const { stack, withUsage = false } = options;
  const entries = await readEntries(context, stack);
  const groups = Map.groupBy(entries, ({ backend }) => backend);
  const answers = await Promise.all([...groups].map(([backend, group]) => ask(context, backend, group, withUsage)));
  const found = new Map(answers.flatMap(({ instances }) => instances.map((one) => [one.entry, one])));
  return {
    instances: entries.map((entry) => found.get(entry)).filter((one) => one !== undefined),
    problems: answers.flatMap(({ problem }) => problem ?? []),
  };
}

async function readEntries(context: VerbContext, stack: string | undefined): Promise<readonly LedgerEntry[]> {
  using ledger = await openLedger(context);
  return ledger.entries({ stack });
}

interface Answer {
  readonly instances: readonly Surveyed[];
  readonly problem?: ErrorObject["error"];
}

async function ask(
  context: VerbContext,
  backend: Backend,
  entries: readonly LedgerEntry[],
  withUsage: boolean,
): Promise<Answer> {
  const driver = openDriver(context, backend);
  const located = entries.map((entry) => ({ entry, target: targetOf(context, entry), driver }));
  const surveyed = (observations: readonly Observation[]) =>
    located.map((one, at) => ({ ...one, observation: observations[at] }));
  try {
    return {
      instances: surveyed(
        await driver.observe(
          located.map(({ target }) => target),
          { usage: withUsage },
        ),
      ),
    };
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    return { instances: surveyed([]), problem: error.toObject().error };
  }
}
