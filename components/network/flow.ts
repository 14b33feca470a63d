/** The words of the table of flows. Pure. */

import type { input } from "@pulumi/kubernetes/types";

/** Whom a policy lets in or out, as Kubernetes writes it. */
export type PolicyPeer = input.networking.v1.NetworkPolicyPeer;

/** Pods that do one job. */
export interface Workload {
  /** What the table calls it; no two have the same. */
  readonly name: string;
  readonly namespace: string;
  /** The label that tells its pods from all others of the namespace. @default every pod of the namespace */
  readonly label?: { readonly key: string; readonly value: string };
}

/** Somebody whose pods are not ours to close: no policy is made at that end. */
export interface Outside {
  readonly name: string;
  readonly peers: PolicyPeer[];
}

/** One end of a flow; several workloads are of one namespace. */
export type End = readonly Workload[] | Outside;

/** A port, as the pod itself listens on it: a policy sees what a Service has already translated. */
export interface Port {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** What names are asked at. */
export const dnsPorts: readonly Port[] = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
];

/** One row of the table: who begins to talk to whom. Answers need no row. */
export interface Flow {
  /** `<from>-to-<to>`; no two have the same. */
  readonly name: string;
  readonly from: End;
  readonly to: End;
  readonly ports: Port[];
  readonly why: string;
}

/** Whether an end is ours: then it has a policy. */
export function isOurs(end: End): end is readonly Workload[] {
  return Array.isArray(end);
}

/** A flow between two ends; one workload may stand without brackets. */
export function flow(from: Workload | End, to: Workload | End, ports: readonly (Port | number)[], why: string): Flow {
  const [source, target] = [asEnd(from), asEnd(to)];
  return {
    name: `${nameOf(source)}-to-${nameOf(target)}`,
    from: source,
    to: target,
    ports: ports.map((port) => (typeof port === "number" ? { port, protocol: "TCP" } : port)),
    why,
  };
}

function asEnd(end: Workload | End): End {
  return "namespace" in end ? [end] : end;
}

/** Several workloads go by their namespace. */
function nameOf(end: End): string {
  if (!isOurs(end)) return end.name;
  const [first, ...others] = end;
  return (others.length === 0 ? first?.name : first?.namespace) ?? "";
}
