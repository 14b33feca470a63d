/** The values of Alloy's two releases: one reads the logs on each node, one watches the events of the cluster. */

import { eventsConfig, logsConfig, type AlloySource } from "./alloy-config";

/** Where positions are kept: what was sent is not sent again after a restart. */
const storagePath = "/var/lib/alloy";

/**
 * On each node, apart from all else, because it reads the node's files; as root, because only root may read logs. It may
 * read nothing else of the API but which pods there are.
 */
export function alloyLogsValues(source: AlloySource) {
  return {
    ...common(logsConfig(source), {
      mounts: { varlog: true, extra: [{ name: "positions", mountPath: storagePath }] },
      securityContext: { ...locked, runAsUser: 0 },
    }),
    controller: {
      type: "daemonset",
      tolerations: [{ effect: "NoSchedule", operator: "Exists" }],
      volumes: { extra: [{ name: "positions", hostPath: { path: storagePath, type: "DirectoryOrCreate" } }] },
    },
    rbac: rightsTo("pods"),
  };
}

/** One pod: two would write each event twice. */
export function alloyEventsValues(source: AlloySource) {
  return {
    ...common(eventsConfig(source), {
      mounts: { extra: [{ name: "positions", mountPath: storagePath }] },
      securityContext: { ...locked, runAsNonRoot: true, runAsUser: user, runAsGroup: user },
    }),
    global: { podSecurityContext: { fsGroup: user } },
    controller: { type: "statefulset", replicas: 1, volumeClaimTemplates: [positionsClaim] },
    rbac: rightsTo("events"),
  };
}

/** The user of Alloy's image. */
const user = 473;

const locked = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

const positionsClaim = {
  metadata: { name: "positions" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
};

function common(config: string, more: object) {
  return {
    crds: { create: false },
    alloy: {
      configMap: { content: literal(config) },
      enableReporting: false,
      storagePath,
      resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "384Mi" } },
      ...more,
    },
    serviceMonitor: { enabled: true },
  };
}

/** To read them and nothing else of the API; the chart joins two lists, and can join no empty one. */
function rightsTo(resource: string) {
  const rule = { apiGroups: [""], resources: [resource] };
  return { rules: [{ ...rule, verbs: ["get", "list"] }], clusterRules: [{ ...rule, verbs: ["watch"] }] };
}

/** The chart takes the text for a template of its own: what opens one there is written as one that gives it back. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
