/** What a pod may not say in a namespace of the level restricted: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */

import type { RenderedObject } from "./chart-values";

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

interface Container {
  readonly name: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
}

interface PodSpec {
  readonly securityContext?: SecurityContext;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

const volumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** What the restricted level would refuse of the pods that an object is or makes, each with the object's and container's name. */
export function unrestricted(object: RenderedObject): string[] {
  const pod = podOf(object["spec"] as Owner | undefined);
  if (pod === undefined || !("containers" in pod)) return [];
  return violationsOf(pod).map((what) => `${object.kind} ${object.metadata.name}: ${what}`);
}

type Owner = PodSpec | { readonly template: { readonly spec: PodSpec } } | { readonly jobTemplate: { spec: Owner } };

function podOf(owner: Owner | undefined): PodSpec | undefined {
  if (owner === undefined) return undefined;
  if ("jobTemplate" in owner) return podOf(owner.jobTemplate.spec);
  return "template" in owner ? owner.template.spec : owner;
}

function violationsOf(pod: PodSpec): string[] {
  const host = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((key) => pod[key] === true);
  const kinds = (pod.volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => key !== "name"));
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  return [
    ...host,
    ...kinds.filter((kind) => !volumes.includes(kind)).map((kind) => `volume ${kind}`),
    ...containers.flatMap((one) => containerViolations(one, pod).map((what) => `${one.name} ${what}`)),
  ];
}

function containerViolations({ securityContext: own = {}, ports = [] }: Container, pod: PodSpec): string[] {
  const { runAsNonRoot, runAsUser, seccompProfile } = { ...pod.securityContext, ...own };
  const { drop = [], add = [] } = own.capabilities ?? {};
  const rules: readonly (readonly [boolean, string])[] = [
    [own.privileged !== true, "is privileged"],
    [own.allowPrivilegeEscalation === false, "may escalate"],
    [drop.includes("ALL") && add.every((one) => one === "NET_BIND_SERVICE"), "keeps capabilities"],
    [runAsNonRoot === true && runAsUser !== 0, "may be root"],
    [["RuntimeDefault", "Localhost"].includes(seccompProfile?.type ?? ""), "has no seccomp profile"],
    [ports.every(({ hostPort = 0 }) => hostPort === 0), "has a port of the host"],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, what]) => what);
}
