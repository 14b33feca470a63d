/**
 * What an analyser makes of a platform's network policies: nca builds its own model of who reaches whom from the objects alone.
 * The objects are those that the components register; the pods are two for each workload, so that copies of one are told
 * from their peers, one without labels in each namespace, and two of namespaces that are not ours.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { BlockList, isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlatformNamespace } from "../../../components/cluster/platform-namespace";
import { isOurs, type End, type Flow, type Workload } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { Policies } from "../../../components/network/policies";
import type { PlatformSettings } from "../../../settings/platform/platform";
import { registrationsOf } from "./registrations";

/** A pod that is analysed. */
export interface AnalysedPod {
  /** Which end of the table's it is, where it is none of ours. @default none */
  readonly outside?: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec?: unknown;
}

/** Pods whose namespaces are not ours: nothing keeps them from asking. */
export const strangers: readonly AnalysedPod[] = [
  { name: "coredns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, outside: "cluster-dns" },
  {
    name: "provider",
    namespace: "kube-system",
    outside: "secrets-provider",
    labels: { "app.kubernetes.io/name": "openbao-csi-provider" },
  },
  { name: "metrics-server", namespace: "kube-system", labels: { "app.kubernetes.io/name": "metrics-server" } },
  { name: "stranger", namespace: "default", labels: {} },
];

/** Every workload that a table names, each once. */
export function workloadsOf(flows: readonly Flow[]): Workload[] {
  const all = flows.flatMap(({ from, to }) => [from, to].filter(isOurs).flat());
  return [...new Map(all.map((workload) => [workload.name, workload])).values()];
}

/** The pods of ours: see above. */
export function podsOf(flows: readonly Flow[]): AnalysedPod[] {
  return workloadsOf(flows).flatMap(({ name, namespace, label }) =>
    label === undefined
      ? [{ name: "unlabelled", namespace, labels: {} }]
      : ["0", "1"].map((copy) => ({ name: `${name}-${copy}`, namespace, labels: { [label.key]: label.value } })),
  );
}

/** The namespaces and policies that the components register for a platform with these settings. */
export async function registeredObjects(settings: PlatformSettings): Promise<KubernetesObject[]> {
  const names = [...new Set(workloadsOf(flowsOf(settings)).map(({ namespace }) => namespace))];
  const { all } = await registrationsOf({}, () => {
    const made = names.map((name) => [name, new PlatformNamespace(name, { podSecurity: "restricted" })] as const);
    const namespaces = Object.fromEntries(made.map(([name, { namespace }]) => [name, namespace]));
    new Policies("network", { settings, namespaces });
  });
  return all.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs as KubernetesObject);
}

/** What may be begun: `from => to : TCP 443`. An end is `namespace/pod`, or a range of addresses such as `1.2.3.4-1.2.3.9`. */
export type Connection = string;

/** Everything that the analyser finds allowed between these pods and all addresses. */
export function analysed(
  analyser: string,
  objects: readonly KubernetesObject[],
  pods: readonly AnalysedPod[],
): Connection[] {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-network-"));
  try {
    const others = ["kube-system", "default"].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    const items = [...[...objects, ...others].map(withItsName), ...pods.map(podObject)];
    writeFileSync(join(folder, "objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const command = ["--connectivity", "-r", folder, "-o", "txt_no_fw_rules", "--output_endpoints", "pods"];
    const { status, stdout, stderr } = spawnSync(analyser, command, { encoding: "utf8", maxBuffer: Infinity });
    if (status !== 0) throw new Error(`nca ended with status ${String(status)}: ${stderr}${stdout}`);
    return stdout.split("\n").flatMap(connectionsOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The two ends of a connection. */
export function endsOf(connection: Connection): readonly [string, string] {
  const [from = "", to = ""] = connection.split(/ => | : /);
  return [from, to];
}

/** Whether an end is a range that this address is in. */
export function isAt(end: string, address: string): boolean {
  const [first = "", last = first] = end.split("-");
  if (!isIPv4(first)) return false;
  const block = new BlockList();
  block.addRange(first, last);
  return block.check(address);
}

/** The API server labels each namespace with its name. */
function withItsName(object: KubernetesObject): KubernetesObject {
  const { kind, metadata } = object;
  if (kind !== "Namespace" || metadata === undefined) return object;
  const labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name };
  return { ...object, metadata: { ...metadata, labels } };
}

function podObject({ name, namespace, labels }: AnalysedPod): KubernetesObject {
  const spec = { containers: [{ name: "main", image: "none" }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec };
}

/** A line of nca's, `a/x => b/y : {protocols:TCP, UDP,dst_ports:80,443-444}`, as a connection for each protocol and port. */
function connectionsOf(line: string): Connection[] {
  const match = /^(\S+ => \S+) : (.*)$/.exec(line.trim());
  if (match === null) return [];
  const [, ends = "", what = ""] = match;
  const allowed = /^\{protocols:([A-Z, ]+),dst_ports:([\d,-]+)\}$/.exec(what);
  // All ports of a protocol, or all protocols: nca's own words.
  if (allowed === null) return [`${ends} : ${what}`];
  const [, protocols = "", ports = ""] = allowed;
  return protocols.split(", ").flatMap((protocol) =>
    ports
      .split(",")
      .flatMap(portsOf)
      .map((port) => `${ends} : ${protocol} ${String(port)}`),
  );
}

function portsOf(range: string): number[] {
  const [first = NaN, last = first] = range.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** What a table allows between pods. */
export function promised(flows: readonly Flow[], pods: readonly AnalysedPod[]): Connection[] {
  const lines = flows.flatMap(({ from, to, ports }) =>
    podsAt(from, pods).flatMap((source) =>
      podsAt(to, pods)
        .filter((target) => target !== source)
        .flatMap((target) => ports.map(({ port, protocol }) => `${source} => ${target} : ${protocol} ${String(port)}`)),
    ),
  );
  return [...new Set(lines)];
}

function podsAt(end: End, pods: readonly AnalysedPod[]): string[] {
  const found = isOurs(end)
    ? pods.filter(({ namespace, labels }) =>
        end.some(
          (one) =>
            one.namespace === namespace && (one.label === undefined || labels[one.label.key] === one.label.value),
        ),
      )
    : pods.filter(({ outside }) => outside === end.name);
  return found.map(({ namespace, name }) => `${namespace}/${name}`);
}
