/**
 * Who reaches whom: the one table that the policies are made of and that docs/guides/platform.md shows. What is not in it is
 * denied. Pure.
 */

import type { PlatformSettings } from "../../settings/platform/platform";
import { dnsPorts, flow, type End, type Flow, type Workload } from "./flow";
import { outsideOf } from "./outside";
import {
  argocd,
  certManager,
  challengeSolver,
  everyPod,
  ingress,
  monitoring,
  nodeAgents,
  secrets,
  service,
  servicePorts,
  smokeTest,
} from "./workloads";

type Settings = Pick<PlatformSettings, "cluster" | "environments" | "gitops" | "ingress" | "network">;
type OutsideWorld = ReturnType<typeof outsideOf>;

/** The namespaces of the platform that have pods. */
const namespaces = ["argocd", "cert-manager", "ingress", "monitoring", "node-agents", "secrets"] as const;

/** All flows of a platform with these settings. */
export function flowsOf(settings: Settings): readonly Flow[] {
  const outside = outsideOf(settings);
  const environments = Object.keys(settings.environments);
  const hasLogin = settings.gitops.githubOrganization !== undefined;
  return [
    ...[...namespaces, ...environments].map((name) => nameFlow(name, outside)),
    ...argocdFlows(settings, outside, hasLogin),
    ...certificateFlows(settings, outside, environments),
    ...ingressFlows(settings, outside, environments),
    ...monitoringFlows(outside, hasLogin),
    ...metricsFlows(settings, outside, environments),
    ...secretsFlows(settings, outside),
    ...environments.flatMap(environmentFlows),
  ];
}

function nameFlow(namespace: string, { clusterDns }: OutsideWorld): Flow {
  return flow(everyPod(namespace), clusterDns, dnsPorts, "names of services and of the world");
}

/** 443 is the API's Service, 6443 what stands behind it, in clusters where a policy sees that. */
function toApi(from: Workload | End, { apiServer }: OutsideWorld, why: string): Flow {
  return flow(from, apiServer, [443, 6443], why);
}

function argocdFlows({ gitops }: Settings, outside: OutsideWorld, hasLogin: boolean): Flow[] {
  const { server, repoServer, controller, notifications, redis, redisProxy, redisReplicas } = argocd;
  const users = [server, controller, repoServer];
  const cache = gitops.highAvailability
    ? [
        flow(users, redisProxy, [6379], "the cache, by its proxy"),
        flow(redisProxy, redisReplicas, [6379, 26379], "finds the cache that leads"),
        flow(redisReplicas, redisReplicas, [6379, 26379], "caches follow the one that leads"),
      ]
    : [flow(users, redis, [6379], "the cache")];
  const gitPort = portOf(gitops.repository);
  return [
    toApi([server, controller, notifications], outside, "applies and watches"),
    flow([server, controller, notifications], repoServer, [8081], "manifests rendered from Git"),
    ...cache,
    flow([repoServer, notifications], outside.world, [443], "Git, charts, webhooks of failures"),
    ...(gitPort === 443 ? [] : [flow(repoServer, outside.world, [gitPort], "Git, by the repository's own port")]),
    ...(hasLogin ? loginFlows(outside) : []),
  ];
}

function loginFlows(outside: OutsideWorld): Flow[] {
  const { server, dex } = argocd;
  return [
    flow(server, dex, [5556, 5557], "log-in by GitHub"),
    toApi(dex, outside, "reads how people log in"),
    flow(dex, outside.world, [443], "GitHub"),
  ];
}

/** The port of a Git repository, https:// or ssh. */
function portOf(repository: string): number {
  if (!/^\w+:\/\//.test(repository)) return 22;
  const { port, protocol } = new URL(repository);
  if (port !== "") return Number(port);
  return protocol === "ssh:" ? 22 : 443;
}

function certificateFlows({ ingress: { challenge } }: Settings, outside: OutsideWorld, environments: string[]): Flow[] {
  const { controller, cainjector, webhook, startupCheck } = certManager;
  return [
    toApi([controller, cainjector, webhook, startupCheck], outside, "certificates and their secrets"),
    flow(outside.apiServerCalling, webhook, [10250], "asks whether a certificate or an issuer is valid"),
    ...(challenge === "http01" ? byHttp(outside, environments) : byDns(outside)),
  ];
}

function byHttp({ world }: OutsideWorld, environments: string[]): Flow[] {
  const { controller } = certManager;
  return [
    // The balancer's address is answered inside the cluster where the network shortens the way, and outside where not.
    flow(controller, ingress.nginx, [80, 443], "asks for its own answer to a challenge"),
    flow(controller, world, [80, 443], "Let's Encrypt; asks for its own answer to a challenge"),
    ...["argocd", "monitoring", ...environments].map((namespace) =>
      flow(ingress.nginx, challengeSolver(namespace), [8089], "answers to challenges"),
    ),
  ];
}

function byDns(outside: OutsideWorld): Flow[] {
  const { controller, linodeSolver } = certManager;
  return [
    flow(controller, outside.world, [443, ...dnsPorts], "Let's Encrypt; looks whether a record is out"),
    flow(outside.apiServerCalling, linodeSolver, [443], "passes challenges on"),
    toApi(linodeSolver, outside, "asks who passes a challenge on"),
    flow(linodeSolver, outside.world, [443], "writes records at Linode"),
  ];
}

function ingressFlows({ ingress: { externalDns } }: Settings, outside: OutsideWorld, environments: string[]): Flow[] {
  const { nginx } = ingress;
  return [
    flow(outside.balancer, nginx, [80, 443], "requests of the world"),
    toApi(nginx, outside, "watches Ingresses and certificates"),
    flow(nginx, argocd.server, [8080], "ArgoCD's pages"),
    flow(nginx, monitoring.grafana, [3000], "Grafana's pages"),
    ...environments.map((name) => flow(nginx, service(name), [servicePorts.http], "requests to services")),
    ...(externalDns ? recordFlows(outside) : []),
  ];
}

function recordFlows(outside: OutsideWorld): Flow[] {
  return [
    toApi(ingress.externalDns, outside, "watches Ingresses"),
    flow(ingress.externalDns, outside.world, [443], "writes records at Linode"),
  ];
}

function monitoringFlows(outside: OutsideWorld, hasLogin: boolean): Flow[] {
  const { operator, prometheus, alertmanager, kubeStateMetrics, loki, tempo, grafana, alloyEvents } = monitoring;
  return [
    toApi([operator, prometheus, kubeStateMetrics, alloyEvents], outside, "watches objects, targets and events"),
    toApi(nodeAgents.alloyLogs, outside, "whose logs they are"),
    flow(outside.apiServerCalling, operator, [10250], "asks whether a rule is valid"),
    flow([loki, tempo, alertmanager], outside.world, [443], "object storage, webhooks of alerts"),
    ...(hasLogin ? [flow(grafana, outside.world, [443], "log-in by GitHub")] : []),
    flow(nodeAgents.alloyLogs, loki, [3100], "logs"),
    flow(alloyEvents, loki, [3100], "events"),
    flow(prometheus, alertmanager, [9093, 8080], "alerts; its metrics and its reloader's"),
    flow(tempo, prometheus, [9090], "metrics made of traces"),
    flow(grafana, prometheus, [9090], "metrics"),
    flow(grafana, loki, [3100], "logs"),
    flow(grafana, tempo, [3200], "traces"),
  ];
}

function metricsFlows(settings: Settings, outside: OutsideWorld, environments: string[]): Flow[] {
  const targets: readonly (readonly [Workload, number])[] = [
    [argocd.server, 8083],
    [argocd.repoServer, 8084],
    [argocd.controller, 8082],
    [certManager.controller, 9402],
    [certManager.cainjector, 9402],
    [certManager.webhook, 9402],
    [ingress.nginx, 9113],
    ...(settings.ingress.externalDns ? [[ingress.externalDns, 7979] as const] : []),
    [monitoring.operator, 10250],
    [monitoring.kubeStateMetrics, 8080],
    [monitoring.loki, 3100],
    [monitoring.tempo, 3200],
    [monitoring.grafana, 3000],
    [monitoring.alloyEvents, 12345],
    [nodeAgents.alloyLogs, 12345],
    [nodeAgents.nodeExporter, 9100],
    [secrets.openbao, 8200],
    [secrets.sealedSecrets, 8081],
    ...environments.map((name) => [service(name), servicePorts.metrics] as const),
  ];
  return [
    flow(monitoring.prometheus, outside.nodes, [10250], "metrics of kubelets"),
    flow(monitoring.prometheus, outside.clusterDns, [9153], "metrics of the cluster's DNS"),
    ...targets.map(([workload, port]) => flow(monitoring.prometheus, workload, [port], "metrics")),
  ];
}

function secretsFlows({ cluster }: Settings, outside: OutsideWorld): Flow[] {
  const { openbao, sealedSecrets } = secrets;
  const hasBucket = cluster.source === "lke";
  return [
    toApi(openbao, outside, "who asks for a secret"),
    toApi(sealedSecrets, outside, "the secrets made of sealed ones"),
    flow(openbao, openbao, [8200, 8201], "peers join and replicate"),
    flow(outside.secretsProvider, openbao, [8200], "secrets that pods mount"),
    ...(hasBucket ? snapshotFlows(outside) : []),
    flow(outside.apiServerCalling, sealedSecrets, [8080], "kubeseal reads the certificate through the API"),
  ];
}

function snapshotFlows(outside: OutsideWorld): Flow[] {
  const { openbao, openbaoSnapshot } = secrets;
  return [
    flow(openbaoSnapshot, openbao, [8200], "takes snapshots"),
    flow(openbaoSnapshot, outside.world, [443], "puts them into the bucket"),
  ];
}

function environmentFlows(name: string): Flow[] {
  return [
    flow(service(name), monitoring.tempo, [4317], "traces"),
    flow(smokeTest(name), service(name), [servicePorts.http], "helm test"),
  ];
}
