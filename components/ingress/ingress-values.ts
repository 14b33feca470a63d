/** What F5's NGINX ingress controller is told. */

import { spreadOverNodes } from "../cluster/spread";
import { ingressClass } from "../../settings/platform/certificates";

/** What the values depend on. */
export interface IngressValuesArgs {
  /** Whether the NodeBalancer tells the client's address by a header of its own, and NGINX waits for it. */
  readonly proxyProtocol: boolean;
  /** The tags of the NodeBalancer that Linode makes; undefined where the cluster is not on LKE. */
  readonly nodeBalancerTags?: readonly string[] | undefined;
  /** From where connections reach NGINX: the header is believed from there alone. A block, CIDR. */
  readonly balancers: string;
}

/** https://github.com/linode/linode-cloud-controller-manager, docs/configuration/annotations.md */
const annotationPrefix = "service.beta.kubernetes.io/linode-loadbalancer-";

/**
 * The values of the release `ingress`. The client's address reaches NGINX: a connection goes to a pod of the node that it
 * came to (`Local`), and the NodeBalancer leaves out the nodes without one. The NodeBalancer goes when the Service goes: it
 * is not preserved, because nobody would find it again, and it is paid for.
 */
export function ingressValues({ proxyProtocol, nodeBalancerTags, balancers }: IngressValuesArgs) {
  return {
    controller: {
      replicaCount: 2,
      ingressClass: { name: ingressClass, create: true, setAsDefaultIngress: true },
      // Ingress alone: the controller's own kinds would need their definitions, and rights of their own.
      enableCustomResources: false,
      telemetryReporting: { enable: false },
      config: { entries: configEntries(proxyProtocol, balancers) },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      affinity: spreadOverNodes({ "app.kubernetes.io/name": "nginx-ingress" }),
      service: {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        annotations: nodeBalancerTags === undefined ? {} : nodeBalancerAnnotations(proxyProtocol, nodeBalancerTags),
      },
    },
    prometheus: { create: true, service: { create: true }, serviceMonitor: { create: true } },
  };
}

function configEntries(proxyProtocol: boolean, balancers: string): Record<string, string> {
  const believed = { "proxy-protocol": "True", "real-ip-header": "proxy_protocol", "set-real-ip-from": balancers };
  return {
    "server-tokens": "False",
    "ssl-protocols": "TLSv1.2 TLSv1.3",
    ...(proxyProtocol ? believed : {}),
  };
}

/** TCP, so that TLS ends at NGINX; a node is in service when its port takes a connection. */
function nodeBalancerAnnotations(proxyProtocol: boolean, tags: readonly string[]): Record<string, string> {
  return {
    [`${annotationPrefix}default-protocol`]: "tcp",
    [`${annotationPrefix}check-type`]: "connection",
    [`${annotationPrefix}tags`]: tags.join(","),
    ...(proxyProtocol ? { [`${annotationPrefix}default-proxy-protocol`]: "v2" } : {}),
  };
}
