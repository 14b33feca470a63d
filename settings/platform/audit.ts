/** Who did what, when, to what: one scheme of labels, whoever writes the record. */

/** What every audit record says of itself. */
export interface AuditRecord {
  /** The stack of the platform. */
  readonly stack: string;
  /** The environment it happened in; {@link platformTenant} for what belongs to none. */
  readonly environment: string;
  /** A person or a program: a login of ArgoCD's, a controller, a runner. */
  readonly actor: string;
  /** What was done, in the words of who did it: an event's reason, `up`, `drift`. */
  readonly action: string;
  /** What it was done to, `Kind/name` or the engine's type and name. */
  readonly resource: string;
  /** The commit that it was done for; missing where there is none. */
  readonly commit?: string;
}

/** A name of the scheme. */
export type AuditLabel = keyof AuditRecord;

/**
 * The labels that Loki has a stream for each value of: each has few values. The others are structured metadata of a line,
 * queried in the same words after a bar: `{job="audit", stack="prod"} | commit="1a2b3c4"`. As labels they would make a
 * stream of each pod and each commit, and a Loki of nothing but streams.
 */
export const auditStreamLabels = ["stack", "environment", "actor", "action"] as const satisfies readonly AuditLabel[];

/** The rest of the scheme: see {@link auditStreamLabels}. */
export const auditMetadata = ["resource", "commit"] as const satisfies readonly AuditLabel[];

/** The stream label `job` of every audit record. */
export const auditJob = "audit";

/** How long records are kept, whatever is said of logs. */
export const auditDays = 30;

/** Whose logs and traces those of no environment are: the platform's own, and the audit. */
export const platformTenant = "platform";
