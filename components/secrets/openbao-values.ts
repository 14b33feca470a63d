/** What OpenBao is told: its server in the namespace `secrets`, and its provider for volumes on the nodes. */

import { spreadOverNodes } from "../cluster/spread";
import type { SecretStoreSettings } from "../../settings/platform/secret-store";

/** The namespace that the store is in. */
export const storeNamespace = "secrets";

/** The secret with the server's certificate. */
export const storeCertificate = "openbao-tls";

/** The secret with the certificate of those who ask it. */
export const providerCertificate = "openbao-provider-tls";

/** Under which name the replica that writes answers; others would pass the request on. */
const storeAddress = `https://openbao-active.${storeNamespace}.svc:8200`;

const tlsFolder = "/openbao/tls";

/** The names that the server's certificate is for; 127.0.0.1 is how a forwarded port is asked. */
export const storeNames = [
  "openbao",
  `openbao.${storeNamespace}.svc`,
  "openbao-active",
  `openbao-active.${storeNamespace}.svc`,
  "*.openbao-internal",
  `*.openbao-internal.${storeNamespace}.svc`,
];

/** Where a server's files are and who its peers are. */
export interface ServerConfigArgs {
  readonly dataFolder: string;
  /** `host:port` that requests and peers come to. */
  readonly listen: { readonly requests: string; readonly peers: string };
  /** The folder with tls.crt, tls.key and ca.crt; undefined: no TLS, as in a test. */
  readonly tlsFolder?: string;
  /** The addresses of all replicas, itself among them. */
  readonly peers: readonly string[];
  /** Whether it says in its pod's labels which replica leads. */
  readonly inKubernetes: boolean;
}

/**
 * The configuration of one server, as JSON. Every request is audited to stdout, from where the collector of logs takes it;
 * audit devices stand here because OpenBao takes none by its API (https://openbao.org/docs/configuration/audit/).
 */
export function serverConfig({ dataFolder, listen, tlsFolder: tls, peers, inKubernetes }: ServerConfigArgs) {
  const certificate =
    tls === undefined ? { tls_disable: true } : { tls_cert_file: `${tls}/tls.crt`, tls_key_file: `${tls}/tls.key` };
  const join = (address: string) => ({
    leader_api_addr: address,
    ...(tls === undefined ? {} : { leader_ca_cert_file: `${tls}/ca.crt` }),
  });
  return {
    ui: false,
    listener: [
      {
        tcp: {
          address: listen.requests,
          cluster_address: listen.peers,
          ...certificate,
          telemetry: { unauthenticated_metrics_access: true },
        },
      },
    ],
    storage: { raft: { path: dataFolder, retry_join: peers.map(join) } },
    // Without a second key beside the options, OpenBao's reader takes the word "options" for a part of the name.
    audit: [{ file: { stdout: { description: "to the collector of logs", options: { file_path: "stdout" } } } }],
    telemetry: { prometheus_retention_time: "60s", disable_hostname: true },
    ...(inKubernetes ? { service_registration: { kubernetes: {} } } : {}),
  };
}

function configInPod(replicas: number) {
  const peers = Array.from({ length: replicas }, (_, index) => `https://openbao-${index}.openbao-internal:8200`);
  const listen = { requests: "[::]:8200", peers: "[::]:8201" };
  return serverConfig({ dataFolder: "/openbao/data", listen, tlsFolder, peers, inKubernetes: true });
}

/** Nobody waits for what has to be unsealed by hand first. */
const noWait = { "pulumi.com/skipAwait": "true" };

const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/**
 * The values of the release `openbao`. A replica is ready when it is unsealed; so all of them start at once, nobody waits for
 * them, and a node that is drained waits until the replica of another has been unsealed.
 */
export function openBaoValues({ replicas, storage }: SecretStoreSettings) {
  return {
    global: { tlsDisable: false },
    injector: { enabled: false },
    server: {
      podManagementPolicy: "Parallel",
      // The replicas are taken down one after another, by whoever has the keys: each comes back sealed.
      updateStrategyType: "OnDelete",
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      readinessProbe: { path: "/v1/sys/health?standbyok=true" },
      statefulSet: { annotations: noWait, securityContext: { container: containerSecurity } },
      service: { annotations: noWait, active: { annotations: noWait }, standby: { enabled: false } },
      volumes: [{ name: "tls", secret: { secretName: storeCertificate } }],
      volumeMounts: [{ name: "tls", mountPath: tlsFolder, readOnly: true }],
      extraEnvironmentVars: { BAO_CACERT: `${tlsFolder}/ca.crt` },
      dataStorage: { enabled: true, size: storage },
      affinity: spreadOverNodes({ "app.kubernetes.io/name": "openbao", component: "server" }),
      ha: {
        enabled: true,
        replicas,
        raft: {
          enabled: true,
          setNodeId: true,
          config: JSON.stringify(configInPod(replicas), undefined, 2),
        },
      },
    },
    serverTelemetry: { serviceMonitor: { enabled: true } },
  };
}

/**
 * The values of the release `openbao-provider`: on each node what brings secrets of the store into volumes. It speaks to the
 * store itself, because the agent that the chart puts beside it knows no certificate of ours.
 */
export function openBaoProviderValues() {
  return {
    global: { tlsDisable: false },
    server: { enabled: false },
    injector: { enabled: false },
    csi: {
      enabled: true,
      agent: { enabled: false },
      extraArgs: [`-openbao-addr=${storeAddress}`, `-openbao-tls-ca-cert=${tlsFolder}/ca.crt`],
      volumes: [{ name: "tls", secret: { secretName: providerCertificate } }],
      volumeMounts: [{ name: "tls", mountPath: tlsFolder, readOnly: true }],
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    },
  };
}
