/** What Ansible tells of a run: the lines of `plugins/groundwork_events.py`, and what they come to. Pure. */

/** How one task ended on one host. `ignored`: it failed, and the playbook says that this does not matter. */
export type TaskStatus = "ok" | "changed" | "skipped" | "failed" | "ignored" | "unreachable";

/** One task on one host. */
export interface TaskResult {
  readonly task: string;
  readonly host: string;
  readonly status: TaskStatus;
  /** Why it failed; empty where it did not, or where `no_log` hides it. */
  readonly message: string;
  /** What it changed, as a unified diff; empty where it does not tell. */
  readonly diff: string;
}

/** One thing that Ansible tells. */
export type PlaybookEvent =
  | { readonly event: "begin" }
  | { readonly event: "task"; readonly task: string }
  | ({ readonly event: "result" } & TaskResult);

/** Reads a line; undefined for one that is none of ours, such as the beginning of one that was cut off. */
export function parseEvent(line: string): PlaybookEvent | undefined {
  try {
    return JSON.parse(line) as PlaybookEvent;
  } catch {
    return undefined;
  }
}

/** Where Ansible renders templates; what remains is the template's name. */
const temporary = /^(\+\+\+ after: ).*\/ansible-local-[^/\n]+\/[^/\n]+\//gm;

/** The results among the events. */
export function resultsOf(events: readonly PlaybookEvent[]): readonly TaskResult[] {
  return events.flatMap((event) => {
    if (event.event !== "result") return [];
    const { task, host, status, message, diff } = event;
    return [{ task, host, status, message, diff: diff.replace(temporary, "$1") }];
  });
}
