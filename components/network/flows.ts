/**
 * Who reaches whom: the one table that the policies are made of and that docs/guides/platform.md shows. What is not in it is
 * denied. Pure.
 */

import type { PlatformSettings } from "../../settings/platform/platform";
import { flow, type End, type Flow, type Workload } from "./flow";
import { outsideOf } from "./outside";
import {
  argocd,
  certManager,
  challengeSolver,
  everyPod,
  ingress,
  monitoring,
  secrets,
  service,
  servicePorts,
  smokeTest,
} from "./workloads";

type Settings = Pick<PlatformSettings, "environments" | "gitops" | "ingress" | "network">;
type OutsideWorld = ReturnType<typeof outsideOf>;

/** The namespaces of the platform that have pods. */
const namespaces = ["argocd", "cert-manager", "ingress", "monitoring", "secrets"] as const;

/** Where kubelets and node-exporters answer. */
const kubeletPort = 10250;
const nodeExporterPort = 9100;

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
    ...metricsFlows(settings, outside, environments, hasLogin),
    ...secretsFlows(outside),
    ...environments.flatMap(environmentFlows),
  ];
}

function nameFlow(namespace: string, { clusterDns }: OutsideWorld): Flow {
  const ports = [{ port: 53, protocol: "UDP" } as const, { port: 53, protocol: "TCP" } as const];
  return flow(everyPod(namespace), clusterDns, ports, "names of services and of the world");
}

/** 443 is the API's Service, 6443 what stands behind it, in clusters where a policy sees that. */
function toApi(from: Workload | End, { apiServer }: OutsideWorld, why: string): Flow {
  return flow(from, apiServer, [443, 6443], why);
}

function argocdFlows({ gitops }: Settings, outside: OutsideWorld, hasLogin: boolean): Flow[] {
  const { server, repoServer, controller, applicationSet, notifications, dex, redis, redisProxy, redisReplicas } =
    argocd;
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
    toApi(
      [server, controller, applicationSet, notifications, ...(hasLogin ? [dex] : [])],
      outside,
      "applies and watches",
    ),
    flow([server, controller, applicationSet, notifications], repoServer, [8081], "manifests rendered from Git"),
    ...cache,
    flow(
      [repoServer, notifications, ...(hasLogin ? [dex] : [])],
      outside.world,
      [443],
      "Git, charts, GitHub, webhooks",
    ),
    ...(gitPort === 443 ? [] : [flow(repoServer, outside.world, [gitPort], "Git, by the repository's own port")]),
    ...(hasLogin ? [flow(server, dex, [5556, 5557], "log-in by GitHub")] : []),
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
  const { controller, cainjector, webhook, startupCheck, linodeSolver } = certManager;
  const dnsPorts = [{ port: 53, protocol: "UDP" } as const, { port: 53, protocol: "TCP" } as const];
  const byHttp = [
    // The balancer's address is answered inside the cluster where the network shortens the way, and outside where not.
    flow(controller, ingress.nginx, [80, 443], "asks for its own answer to a challenge"),
    flow(controller, outside.world, [80, 443], "Let's Encrypt; asks for its own answer to a challenge"),
    ...["argocd", "monitoring", ...environments].map((namespace) =>
      flow(ingress.nginx, challengeSolver(namespace), [8089], "answers to challenges"),
    ),
  ];
  const byDns = [
    flow(
      controller,
      outside.world,
      [{ port: 443, protocol: "TCP" }, ...dnsPorts],
      "Let's Encrypt; looks whether a record is out",
    ),
    toApi(linodeSolver, outside, "the token of Linode's"),
    flow(linodeSolver, outside.world, [443], "writes records at Linode"),
    flow(outside.apiServerCalling, linodeSolver, [443], "passes on that a record is wanted"),
  ];
  return [
    toApi([controller, cainjector, webhook], outside, "certificates and their secrets"),
    toApi(startupCheck, outside, "asks whether the webhook takes orders"),
    flow(outside.apiServerCalling, webhook, [10250], "asks whether a certificate or an issuer is valid"),
    ...(challenge === "http01" ? byHttp : byDns),
  ];
}

function ingressFlows({ ingress: { externalDns } }: Settings, outside: OutsideWorld, environments: string[]): Flow[] {
  const { nginx } = ingress;
  const watchers = [nginx, ...(externalDns ? [ingress.externalDns] : [])];
  return [
    flow(outside.balancer, nginx, [80, 443], "requests of the world"),
    toApi(watchers, outside, "watches Ingresses and certificates"),
    flow(nginx, argocd.server, [8080], "ArgoCD's pages"),
    flow(nginx, monitoring.grafana, [3000], "Grafana's pages"),
    ...environments.map((name) => flow(nginx, service(name), [servicePorts.http], "requests to services")),
    ...(externalDns ? [flow(ingress.externalDns, outside.world, [443], "writes records at Linode")] : []),
  ];
}

function monitoringFlows(outside: OutsideWorld, hasLogin: boolean): Flow[] {
  const { operator, prometheus, alertmanager, kubeStateMetrics, loki, tempo, grafana, alloy } = monitoring;
  const watchers = [operator, prometheus, kubeStateMetrics, grafana, alloy];
  const callers = [loki, tempo, alertmanager, ...(hasLogin ? [grafana] : [])];
  return [
    toApi(watchers, outside, "watches objects; reads logs' pods, events and dashboards"),
    flow(outside.apiServerCalling, operator, [10250], "asks whether a rule is valid"),
    flow(callers, outside.world, [443], "object storage, webhooks of alerts, log-in by GitHub"),
    flow(alloy, loki, [3100], "logs and events"),
    flow(prometheus, alertmanager, [9093, 8080], "alerts; its metrics and its reloader's"),
    flow(grafana, prometheus, [9090], "metrics"),
    flow(grafana, loki, [3100], "logs"),
    flow(grafana, tempo, [3200], "traces"),
  ];
}

function metricsFlows(settings: Settings, outside: OutsideWorld, environments: string[], hasLogin: boolean): Flow[] {
  const targets: readonly (readonly [Workload, number])[] = [
    [argocd.server, 8083],
    [argocd.repoServer, 8084],
    [argocd.controller, 8082],
    [argocd.applicationSet, 8080],
    [argocd.notifications, 9001],
    ...(hasLogin ? [[argocd.dex, 5558] as const] : []),
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
    [monitoring.alloy, 12345],
    [secrets.openbao, 8200],
    [secrets.sealedSecrets, 8081],
    ...environments.map((name) => [service(name), servicePorts.metrics] as const),
  ];
  return [
    flow(monitoring.prometheus, outside.nodes, [kubeletPort, nodeExporterPort], "metrics of kubelets and nodes"),
    flow(monitoring.prometheus, outside.clusterDns, [9153], "metrics of the cluster's DNS"),
    ...targets.map(([workload, port]) => flow(monitoring.prometheus, workload, [port], "metrics")),
  ];
}

function secretsFlows(outside: OutsideWorld): Flow[] {
  const { openbao, sealedSecrets } = secrets;
  return [
    toApi([openbao, sealedSecrets], outside, "who asks for a secret; the secrets made of it"),
    flow(openbao, openbao, [8200, 8201], "peers join and replicate"),
    flow(outside.secretsProvider, openbao, [8200], "secrets that pods mount"),
    flow(outside.apiServerCalling, sealedSecrets, [8080], "kubeseal reads the certificate through the API"),
  ];
}

function environmentFlows(name: string): Flow[] {
  return [
    flow(service(name), monitoring.tempo, [4317], "traces"),
    flow(smokeTest(name), service(name), [servicePorts.http], "`helm test`"),
  ];
}
