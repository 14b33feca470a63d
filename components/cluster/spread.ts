/** Keeps the replicas of a workload on different nodes, where there are enough. @param matchLabels those of its pods */
export function spreadOverNodes(matchLabels: Readonly<Record<string, string>>) {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } },
        },
      ],
    },
  };
}
