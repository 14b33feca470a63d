/** What the engine did to a resource, as an entry of the audit. Pure. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import type { AuditEntry } from "./record";

/** The steps that change something; all others look, compare, or only count. */
const changes: readonly string[] = [
  "create",
  "update",
  "delete",
  "create-replacement",
  "delete-replaced",
  "import",
  "import-replacement",
];

/**
 * The entry of an event; undefined for one that changed nothing, and for those of a preview.
 *
 * @param environments the namespaces that are an environment of the platform
 */
export function entryOfEvent(event: EngineEvent, environments: readonly string[]): AuditEntry | undefined {
  const { resOutputsEvent: done, resOpFailedEvent: failed } = event;
  if (done?.planning === true) return undefined;
  const step = done?.metadata ?? failed?.metadata;
  // The stack and its providers are the engine's own.
  if (step === undefined || !changes.includes(step.op) || step.type.startsWith("pulumi:")) return undefined;
  const environment = environmentOf(step, environments);
  return {
    source: "engine",
    action: step.op,
    resource: `${step.type}/${nameOf(step.urn)}`,
    outcome: failed === undefined ? "succeeded" : "failed",
    ...(environment === undefined ? {} : { environment }),
  };
}

/** The last part of a URN. */
function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** That of an object of Kubernetes is its namespace, where that is one; as Alloy has it for events. */
function environmentOf({ new: after, old: before }: StepEventMetadata, environments: readonly string[]) {
  const { metadata } = ((after ?? before)?.inputs ?? {}) as { metadata?: { namespace?: unknown } };
  return environments.find((name) => name === metadata?.namespace);
}
