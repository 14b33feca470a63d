/** What Alloy is to do, in its own language: https://grafana.com/docs/alloy/latest/reference/ */

import { auditJob, auditMetadata, auditStreamLabels, platformTenant } from "../../settings/platform/audit";
import { lokiUrl } from "./services";

/** What the logs and events are told of where they come from. */
export interface AlloySource {
  readonly stack: string;
  /** The environments; each is a namespace, and a tenant of its own. */
  readonly environments: readonly string[];
}

/** Reads the log files of the node's pods, and writes each to the tenant of its environment. */
export function logsConfig({ stack, environments }: AlloySource): string {
  return `
discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("HOSTNAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  ${copied("__meta_kubernetes_namespace", "namespace")}
  ${copied("__meta_kubernetes_pod_name", "pod")}
  ${copied("__meta_kubernetes_pod_container_name", "container")}
  ${copied("__meta_kubernetes_pod_label_app_kubernetes_io_name", "app")}
  ${environmentRules("namespace", environments)}
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    replacement   = "/var/log/pods/*$1/*.log"
    target_label  = "__path__"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  forward_to = [loki.write.loki.receiver]
  stage.cri {}
  stage.tenant {
    label = "environment"
  }
  stage.label_drop {
    values = ["filename"]
  }
}
${writer(stack)}`.trimStart();
}

/**
 * Watches the events of the whole cluster, ArgoCD's among them, and labels each by the scheme of audit records. ArgoCD says
 * who it was in the text: "ada initiated sync to main (1a2b3c4)".
 */
export function eventsConfig({ stack, environments }: AlloySource): string {
  return `
loki.source.kubernetes_events "cluster" {
  job_name   = "${auditJob}"
  log_format = "json"
  forward_to = [loki.relabel.events.receiver]
}

loki.relabel "events" {
  forward_to = [loki.process.events.receiver]
  ${environmentRules("namespace", environments)}
  rule {
    action = "labeldrop"
    regex  = "instance|namespace"
  }
}

loki.process "events" {
  forward_to = [loki.write.loki.receiver]
  stage.json {
    expressions = {
      action     = "reason",
      component  = "sourcecomponent",
      controller = "reportingcontroller",
      kind       = "kind",
      name       = "name",
      message    = "msg",
    }
  }
  stage.regex {
    source     = "message"
    expression = "^(?P<user>\\\\S+) "
  }
  stage.regex {
    source     = "message"
    expression = "(?i)sync(?: operation)? to .*\\\\b(?P<commit>[0-9a-f]{7,40})\\\\b"
  }
  stage.template {
    source   = "actor"
    template = "${actorTemplate}"
  }
  stage.template {
    source   = "resource"
    template = "{{ .kind }}/{{ .name }}"
  }
  stage.labels {
    values = { ${fromExtracted(["actor", "action"])} }
  }
  stage.structured_metadata {
    values = { ${fromExtracted(auditMetadata)} }
  }
  stage.label_keep {
    values = [${["job", ...auditStreamLabels].map((label) => JSON.stringify(label)).join(", ")}]
  }
}
${writer(stack)}`.trimStart();
}

/** ArgoCD's server says first of all who it was; of all other events the controller did it. */
const actorTemplate = [
  '{{ if eq (default \\"\\" .component) \\"argocd-server\\" }}{{ .user }}',
  '{{ else }}{{ coalesce .controller .component \\"unknown\\" }}{{ end }}',
].join("");

/** The tenant of what has none of its own is the platform's. */
function writer(stack: string): string {
  return `
loki.write "loki" {
  endpoint {
    url       = "${lokiUrl}/loki/api/v1/push"
    tenant_id = "${platformTenant}"
  }
  external_labels = { stack = "${stack}" }
}
`;
}

function copied(source: string, target: string): string {
  return `rule {
    source_labels = ["${source}"]
    target_label  = "${target}"
  }`;
}

/** The platform's, unless the namespace is an environment. */
function environmentRules(source: string, environments: readonly string[]): string {
  return `rule {
    replacement  = "${platformTenant}"
    target_label = "environment"
  }
  rule {
    source_labels = ["${source}"]
    regex         = "(${environments.join("|")})"
    target_label  = "environment"
  }`;
}

function fromExtracted(labels: readonly string[]): string {
  return labels.map((label) => `${label} = ""`).join(", ");
}
