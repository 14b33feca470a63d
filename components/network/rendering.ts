/** Network policies from the table of flows. Pure. */

import type { input } from "@pulumi/kubernetes/types";
import { isOurs, type End, type Flow, type PolicyPeer, type Workload } from "./flow";

/** A policy of Kubernetes, without what all have. */
export interface RenderedPolicy {
  /** The flow's name, and `egress` or `ingress`. */
  readonly name: string;
  readonly namespace: string;
  readonly spec: input.networking.v1.NetworkPolicySpec;
}

/** For each flow the policy that lets it out of its source, and the one that lets it into its target, where they are ours. */
export function policiesOf(flows: readonly Flow[]): readonly RenderedPolicy[] {
  return flows.flatMap(({ name, from, to, ports }) => [
    ...(isOurs(from) ? [policy(`${name}-egress`, from, { egress: [{ to: peersOf(to), ports }] })] : []),
    ...(isOurs(to) ? [policy(`${name}-ingress`, to, { ingress: [{ from: peersOf(from), ports }] })] : []),
  ]);
}

function policy(
  name: string,
  workloads: readonly Workload[],
  rules: Pick<input.networking.v1.NetworkPolicySpec, "egress" | "ingress">,
): RenderedPolicy {
  const policyTypes = ["egress" in rules ? "Egress" : "Ingress"];
  return {
    name,
    namespace: namespaceOf(workloads),
    spec: { podSelector: selectorOf(workloads), policyTypes, ...rules },
  };
}

function peersOf(end: End): PolicyPeer[] {
  if (!isOurs(end)) return end.peers;
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespaceOf(end) } };
  return [{ namespaceSelector, podSelector: selectorOf(end) }];
}

function namespaceOf(workloads: readonly Workload[]): string {
  const [namespace, ...others] = new Set(workloads.map((workload) => workload.namespace));
  if (namespace === undefined || others.length > 0) throw new Error("one end of a flow is in one namespace");
  return namespace;
}

function selectorOf(workloads: readonly Workload[]): input.meta.v1.LabelSelector {
  const [first, ...others] = workloads.map(({ label }) => label);
  if (others.length === 0) return first === undefined ? {} : { matchLabels: { [first.key]: first.value } };
  const values = workloads.flatMap(({ label }) => (label?.key === first?.key ? (label?.value ?? []) : []));
  if (values.length < workloads.length || first === undefined) {
    throw new Error("workloads of one end are told by one label");
  }
  return { matchExpressions: [{ key: first.key, operator: "In", values }] };
}
