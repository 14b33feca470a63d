/** What rendered charts need of a network, read from their own objects: monitors, webhooks, Ingresses, and what runs. */

import type { RenderedObject } from "./chart-values";

/** A pod that a chart makes. */
export interface ChartPod {
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The ports that its containers name, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** What is asked for at the pods behind a Service. */
export interface Need {
  /** The object that says so. */
  readonly because: string;
  readonly from: "prometheus" | "api-server" | "nginx-ingress";
  readonly namespace: string;
  /** The pods' labels; where another program makes the pods, those that the Service selects by. */
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

type Labels = Readonly<Record<string, string>>;

interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly {
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
}

interface PodOwner {
  readonly template?: PodTemplate;
  readonly replicas?: number;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
}

/** What stands behind the names of ports of pods that no chart makes: the operator of Prometheus does. */
const operatorsPorts: Readonly<Record<string, number>> = { "http-web": 9090, "reloader-web": 8080 };

/** The pods of all that runs; hooks are left out, and what has no replicas. @param namespace of objects that name none */
export function podsOfCharts(objects: readonly RenderedObject[], namespace: string): ChartPod[] {
  return objects.flatMap((object) => {
    const { metadata, kind } = object;
    const { template, replicas } = (kind === "CronJob" ? jobOf(object) : (object["spec"] ?? {})) as PodOwner;
    const isHook = JSON.stringify(metadata["annotations"] ?? {}).includes("helm.sh/hook");
    if (template?.spec.containers === undefined || isHook || replicas === 0) return [];
    const named = template.spec.containers.flatMap(({ ports = [] }) => ports);
    return [
      {
        owner: `${kind}/${metadata.name}`,
        namespace: metadata.namespace ?? namespace,
        labels: template.metadata?.labels ?? {},
        ports: Object.fromEntries(named.map(({ name, containerPort }) => [name ?? containerPort, containerPort])),
      },
    ];
  });
}

function jobOf({ spec }: RenderedObject): PodOwner {
  return (spec as { readonly jobTemplate: { readonly spec: PodOwner } }).jobTemplate.spec;
}

/** Everything that the objects ask for at Services of their own. */
export function needsOf(objects: readonly RenderedObject[], namespace: string): Need[] {
  const services = servicesOf(objects, namespace);
  const pods = podsOfCharts(objects, namespace);
  const at = (from: Need["from"], because: string, service: Service | undefined, port: number | string | undefined) =>
    service === undefined ? [] : needAt({ from, because }, service, port, pods);
  return objects.flatMap((object) => {
    const because = `${object.kind}/${object.metadata.name}`;
    return [
      ...monitored(object, services).flatMap(([service, port]) => at("prometheus", because, service, port)),
      ...called(object).flatMap(([name, port]) => at("api-server", because, named(services, name), port)),
      ...published(object).flatMap(([name, port]) => at("nginx-ingress", because, named(services, name), port)),
    ];
  });
}

function named(services: readonly Service[], name: string): Service | undefined {
  return services.find((one) => one.name === name);
}

function servicesOf(objects: readonly RenderedObject[], namespace: string): Service[] {
  return objects
    .filter(({ kind }) => kind === "Service")
    .map(({ metadata, spec }) => {
      const { selector = {}, ports } = spec as { selector?: Labels; ports: ServicePort[] };
      const labels = (metadata["labels"] ?? {}) as Labels;
      return { name: metadata.name, namespace: metadata.namespace ?? namespace, labels, selector, ports };
    });
}

/** A port of a Service as the pod knows it. */
function needAt(
  why: Pick<Need, "from" | "because">,
  { namespace, selector, ports }: Service,
  port: number | string | undefined,
  pods: readonly ChartPod[],
): Need[] {
  const found = ports.find((one) => one.name === port || one.port === port || one.targetPort === port) ?? ports[0];
  const target = found?.targetPort ?? found?.port ?? 0;
  const pod = pods.find((one) => one.namespace === namespace && selects(selector, one.labels));
  const number = typeof target === "number" ? target : (pod?.ports[target] ?? operatorsPorts[target] ?? 0);
  return [{ ...why, namespace, labels: pod?.labels ?? selector, port: number }];
}

function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

interface MonitorSpec {
  readonly endpoints?: readonly { readonly port?: string; readonly targetPort?: string | number }[];
  readonly selector: {
    readonly matchLabels?: Labels;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: string[];
    }[];
  };
}

/** The Services that a ServiceMonitor selects, once for each of its ports that they have. */
function monitored({ kind, spec }: RenderedObject, services: readonly Service[]): [Service, string | number][] {
  if (kind !== "ServiceMonitor") return [];
  const { endpoints = [], selector } = spec as MonitorSpec;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const matching = services.filter(({ labels }) => {
    const isIn = matchExpressions.every(({ key, operator, values = [] }) => {
      const isListed = values.includes(labels[key] ?? "");
      return operator === "In" ? isListed : operator === "NotIn" ? !isListed : true;
    });
    return isIn && selects(matchLabels, labels);
  });
  return endpoints.flatMap(({ port, targetPort }) =>
    matching.flatMap((service): [Service, string | number][] => {
      const wanted = port ?? targetPort;
      const has = service.ports.some((one) => one.name === wanted || one.targetPort === wanted);
      return wanted === undefined || !has ? [] : [[service, wanted]];
    }),
  );
}

/** The Services that the API server calls. */
function called(object: RenderedObject): [string, number][] {
  type Called = { readonly name: string; readonly port?: number } | undefined;
  const { webhooks = [], spec } = object as { webhooks?: { clientConfig: { service?: Called } }[]; spec?: unknown };
  const ofWebhooks = webhooks.map(({ clientConfig }) => clientConfig.service);
  const ofApi = object.kind === "APIService" ? [(spec as { service?: Called }).service] : [];
  return [...ofWebhooks, ...ofApi].flatMap((service): [string, number][] =>
    service === undefined ? [] : [[service.name, service.port ?? 443]],
  );
}

interface IngressSpec {
  readonly rules?: readonly {
    readonly http: {
      readonly paths: readonly {
        readonly backend: {
          readonly service: {
            readonly name: string;
            readonly port: { readonly name?: string; readonly number?: number };
          };
        };
      }[];
    };
  }[];
}

/** The Services that an Ingress leads to. */
function published({ kind, spec }: RenderedObject): [string, string | number | undefined][] {
  if (kind !== "Ingress") return [];
  const paths = ((spec as IngressSpec).rules ?? []).flatMap(({ http }) => http.paths);
  return paths.map(({ backend: { service } }) => [service.name, service.port.name ?? service.port.number]);
}
