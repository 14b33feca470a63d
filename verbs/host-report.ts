/** The report of everything that a user was promised on a host: what of it is there, what it uses, and what is left. */

import { styleText } from "node:util";
import * as z from "zod";
import type { HostCapacity } from "../host/capacity";
import { holdingMemory } from "../host/memory";
import type { InstanceReport } from "../settings/instance-report";
import { errorObject } from "./error-object";
import { isMissing, pruneHint } from "./places";
import { instanceReport, reportOf } from "./report";
import type { Survey, Surveyed } from "./survey";
import { renderTable } from "./table";

const usage = z.object({ memoryMiB: z.number(), cpuPercent: z.number() });

const surveyedReport = instanceReport.extend({
  /** `unknown` where the backend could not be asked. */
  state: z.enum([...instanceReport.shape.state.options, "unknown"]),
  stack: z.string(),
  /** Absent in a shared stack. */
  projectDirectory: z.string().optional(),
  /** The project's directory is not there: it was moved or deleted, or its disk is not mounted. */
  directoryMissing: z.boolean(),
  promised: z.object({ memoryMiB: z.number(), cpus: z.number() }),
  /** Absent where it does not run, or the host does not tell. */
  used: usage.optional(),
});

/** The schema of {@link HostReport}. */
export const hostReport = z.object({
  instances: z.array(surveyedReport),
  host: z.object({
    totalMiB: z.number(),
    /** Kept for the host itself. */
    reservedMiB: z.number(),
    /** To running instances. */
    promisedMiB: z.number(),
    /** What can still be promised. */
    freeMiB: z.number(),
    cpus: z.number(),
  }),
  /** Backends that could not be asked, as error objects. */
  problems: z.array(errorObject.omit({ details: true })),
});

/** What `status --all` tells. */
export type HostReport = z.infer<typeof hostReport>;

type SurveyedReport = HostReport["instances"][number];

/** Makes the report. Pure, but for a look at which project directories are there. */
export function hostReportOf({ instances, problems }: Survey, capacity: HostCapacity): HostReport {
  const { totalMiB, reserveMiB, cpus } = capacity;
  const promisedMiB = holdingMemory(instances.map(({ entry }) => entry)).reduce((sum, one) => sum + one.memoryMiB, 0);
  const freeMiB = Math.max(0, totalMiB - reserveMiB - promisedMiB);
  return {
    instances: instances.map(surveyedReportOf),
    host: { totalMiB, reservedMiB: reserveMiB, promisedMiB, freeMiB, cpus },
    problems: problems.map(({ code, message, suggestion }) => ({ code, message, suggestion })),
  };
}

function surveyedReportOf({ observation, ...located }: Surveyed): SurveyedReport {
  const { entry } = located;
  const usage = observation?.state === "present" ? observation.usage : undefined;
  const report: InstanceReport = reportOf({ ...located, observation: observation ?? { state: "absent" } });
  return {
    ...report,
    state: observation === undefined ? "unknown" : report.state,
    stack: entry.stack,
    ...(entry.projectDirectory === undefined ? {} : { projectDirectory: entry.projectDirectory }),
    directoryMissing: entry.projectDirectory !== undefined && isMissing(entry.projectDirectory),
    promised: { memoryMiB: entry.memoryMiB, cpus: entry.cpus },
    ...(usage === undefined ? {} : { used: { ...usage } }),
  };
}

/** The report for people: a table, and a line for the host. Colours only where a terminal shows them. */
export function hostReportText({ instances, host, problems }: HostReport): string {
  const columns = ["INSTANCE", "STATE", "MEMORY MiB>", "USED>", "CPUS>", "USED>", "PORTS", "WHERE"];
  const table =
    instances.length === 0 ? "Nothing is promised on this host." : renderTable(columns, instances.map(rowOf));
  const { totalMiB, reservedMiB, promisedMiB, freeMiB } = host;
  const sum = `Memory of this host: ${totalMiB} MiB = ${reservedMiB} reserved + ${promisedMiB} promised + ${freeMiB} free`;
  const overbooked = reservedMiB + promisedMiB > totalMiB ? " (more is promised than it has)" : "";
  const missing = instances.some(({ directoryMissing }) => directoryMissing) ? [pruneHint] : [];
  return [
    table,
    `${sum}${overbooked}`,
    ...problems.map(({ message, suggestion }) => `warning: ${message} ${suggestion}`),
    ...missing,
  ].join("\n");
}

const colours = { running: "green", stopped: "yellow", not_created: "red", unknown: "red" } as const;

function rowOf(report: SurveyedReport): string[] {
  const { id, state, promised, used, ports, stack, projectDirectory, directoryMissing } = report;
  const colour = state in colours ? colours[state as keyof typeof colours] : "cyan";
  const where = projectDirectory ?? `stack ${stack}`;
  return [
    id,
    styleText(colour, state, { stream: process.stdout }),
    String(promised.memoryMiB),
    used === undefined ? "-" : String(used.memoryMiB),
    String(promised.cpus),
    used === undefined ? "-" : `${used.cpuPercent} %`,
    ports.map(({ host, inside, protocol }) => `${host}->${inside}${protocol === "udp" ? "/udp" : ""}`).join(" ") || "-",
    directoryMissing ? `${where} (missing)` : where,
  ];
}
