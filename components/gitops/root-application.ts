/** The application of an environment that makes all others of it. Pure. */

import { certificateAnnotations, ingressClass } from "../../settings/platform/certificates";
import { hostOf } from "../../settings/platform/environments";
import type { PlatformSettings } from "../../settings/platform/platform";
import { thisCluster } from "./projects";

/**
 * What a root Application is to be. It renders the chart `apps` of the repository with the file of its environment, and tells
 * it what only the platform's settings know, so that nothing of them is written twice.
 */
export function rootApplication(settings: PlatformSettings, name: string) {
  const { repository, revision, path } = settings.gitops;
  const environment = settings.environments[name];
  const isAutomatic = environment?.sync === "automatic";
  return {
    project: name,
    source: {
      repoURL: repository,
      targetRevision: revision,
      path: `${path}/apps`,
      helm: {
        // An environment begins without a file.
        ignoreMissingValueFiles: true,
        valueFiles: [`${name}.yaml`],
        valuesObject: {
          source: { repository, revision, path },
          automatic: isAutomatic,
          platform: {
            environment: name,
            host: hostOf(name, environment, settings.domain),
            ingress: { className: ingressClass, annotations: certificateAnnotations(settings.ingress.certificates) },
          },
        },
      },
    },
    destination: { server: thisCluster, namespace: name },
    syncPolicy: {
      ...(isAutomatic ? { automated: { prune: true, selfHeal: true } } : {}),
      syncOptions: ["ServerSideApply=true", "RespectIgnoreDifferences=true"],
      // By then the commit that mends it may be there.
      retry: { limit: 5, refresh: true, backoff: { duration: "10s", factor: 2, maxDuration: "3m" } },
    },
  };
}
