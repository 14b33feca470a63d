/**
 * What `cloud-init status --wait --format json` says, read into what it means for an instance. Pure.
 *
 * The exit status alone tells too little: since 23.4 it is 2 for recoverable errors, which RHEL and Ubuntu patch back to
 * 0, and 2 is also what an older cloud-init answers to an option that it does not know.
 */

import * as z from "zod";
import { GroundworkError } from "../../settings/errors";

/** The program and arguments that wait inside until cloud-init has ended, and print how. */
export const waitCommand = ["cloud-init", "status", "--wait", "--format", "json"] as const;

/** What the command printed, and how it ended. */
export interface StatusAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The fields that we read, of 22.4 to 25.1. What a version does not have is empty. */
const answerSchema = z.object({
  status: z.string(),
  detail: z.string().default(""),
  errors: z.array(z.string()).default([]),
  recoverable_errors: z.record(z.string(), z.array(z.string())).default({}),
});

type Answer = z.infer<typeof answerSchema>;

/** Levels of recoverable errors that are worth telling: what is deprecated works. */
const told = ["CRITICAL", "ERROR", "WARNING"];

/**
 * What went wrong without stopping cloud-init, one sentence each; empty where it simply succeeded.
 *
 * @param id the instance's id, for the message
 * @throws PROVISIONING_FAILED when cloud-init failed, or never ran
 */
export function readStatus(id: string, answer: StatusAnswer): readonly string[] {
  const status = parse(answer.stdout);
  if (status === undefined) throw failure(id, "did not say how it ended", [lastLine(answer)]);
  const recoverable = told.flatMap((level) => status.recoverable_errors[level] ?? []);
  if (status.status !== "done" || status.errors.length > 0) throw notDone(id, status, recoverable);
  return recoverable.map((message) => `cloud-init went on after an error in ${id}: ${oneLine(message)}`);
}

function notDone(id: string, status: Answer, recoverable: readonly string[]): GroundworkError {
  if (status.status === "disabled") return failure(id, "is switched off in the image", [status.detail]);
  if (status.status !== "error" && status.errors.length === 0) return failure(id, `is ${status.status}`, []);
  return failure(id, "failed", status.errors.length > 0 ? status.errors : recoverable);
}

function failure(id: string, what: string, errors: readonly string[]): GroundworkError {
  const [first = ""] = errors;
  const reason = first === "" ? "" : `: ${oneLine(first)}`;
  return new GroundworkError("PROVISIONING_FAILED", `cloud-init ${what} in ${id}${reason}.`, {
    details: { errors },
    suggestion:
      "Read `vagrantp ssh -- sudo cat /var/log/cloud-init-output.log`; when the cause is gone, `vagrantp rm` and `vagrantp up` make the instance anew.",
  });
}

/** Older versions print dots while they wait. */
function parse(stdout: string): Answer | undefined {
  const start = stdout.indexOf("{");
  if (start === -1) return undefined;
  try {
    return answerSchema.safeParse(JSON.parse(stdout.slice(start))).data;
  } catch {
    return undefined;
  }
}

const longestMessage = 300;

/**
 * A message as one line. A module's failure is a tuple of Python's, with the whole output of the program that failed and
 * line ends written as `\n`: of that, the module, the command and its exit status are told.
 */
function oneLine(message: string): string {
  const lines = message.trim().split(/\\n|\n/);
  const after = (label: string) => lines.find((line) => line.startsWith(label))?.slice(label.length);
  const command = after("Command: ");
  const [, module] = /^\('([\w-]+)', /.exec(message) ?? [];
  const told =
    command === undefined || module === undefined
      ? (lines[0] ?? "")
      : `${module}: ${command} ended with status ${after("Exit code: ") ?? "?"}`;
  return told.length > longestMessage ? `${told.slice(0, longestMessage)}…` : told.replace(/\.$/, "");
}

function lastLine({ exitCode, stderr }: StatusAnswer): string {
  return stderr.trim().split("\n").at(-1) || `status ${String(exitCode)}`;
}
