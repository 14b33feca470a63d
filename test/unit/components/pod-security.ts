/** What Pod Security would refuse in a namespace that is restricted. */

import type { RenderedObject } from "./chart-values";

interface Security {
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

interface Container {
  readonly name: string;
  readonly securityContext?: Security;
}

interface Pod {
  readonly securityContext?: Security;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

/** The refused containers of a pod or of what makes pods; https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
export function unrestricted(object: RenderedObject): string[] {
  const own = object["spec"] as Pod | { readonly template: { readonly spec: Pod } };
  const pod = "template" in own ? own.template.spec : own;
  return [...(pod.initContainers ?? []), ...pod.containers]
    .filter(({ securityContext = {} }) => {
      const { runAsNonRoot, seccompProfile } = { ...pod.securityContext, ...securityContext };
      return !(
        securityContext.allowPrivilegeEscalation === false &&
        runAsNonRoot === true &&
        securityContext.capabilities?.drop?.includes("ALL") === true &&
        seccompProfile?.type === "RuntimeDefault"
      );
    })
    .map(({ name }) => `${object.metadata.name}/${name}`);
}
