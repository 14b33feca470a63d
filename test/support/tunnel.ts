/**
 * The way of an API server into its cluster, as LKE's and other managed ones have it: a proxy that it asks to CONNECT. No pod
 * runs behind it: every service is this test's own server, which lets all objects in that webhooks are asked about, and serves
 * the metrics API with nothing in it.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificate";

interface AdmissionReview {
  readonly apiVersion: string;
  readonly request: { readonly uid: string };
}

/** A running tunnel. */
export class Tunnel {
  private isShut = false;
  /** What goes through at the moment: no server counts these among its connections. */
  private readonly connections = new Set<Duplex>();
  private readonly proxy = createServer();

  private constructor(private readonly services: TlsServer) {}

  /**
   * Starts one.
   *
   * @param socket a path for the proxy's socket
   * @param certificate that the API server trusts, for the names of all services that it calls
   */
  static async start(socket: string, certificate: Certificate): Promise<Tunnel> {
    const tunnel = new Tunnel(createTlsServer(certificate, (request, response) => void answer(request, response)));
    await once(tunnel.services.listen(0, "127.0.0.1"), "listening");
    tunnel.proxy.on("connect", (_request: IncomingMessage, client: Duplex) => tunnel.lead(client));
    await once(tunnel.proxy.listen(socket), "listening");
    return tunnel;
  }

  /** From now on nothing is reached, as behind policies that do not know where the API server calls from. */
  shut(): void {
    this.isShut = true;
    this.cut();
  }

  /** From now on all is reached again. */
  open(): void {
    this.isShut = false;
  }

  async stop(): Promise<void> {
    this.cut();
    for (const server of [this.proxy, this.services]) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
  }

  private lead(client: Duplex): void {
    if (this.isShut) return void client.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    const { port } = this.services.address() as AddressInfo;
    const service = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      service.pipe(client).pipe(service);
    });
    for (const [end, other] of [
      [client, service],
      [service, client],
    ] as const) {
      this.connections.add(end);
      end
        .on("error", () => other.destroy())
        .on("close", () => {
          this.connections.delete(end);
          other.destroy();
        });
    }
  }

  private cut(): void {
    for (const connection of this.connections) connection.destroy();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = request.method === "POST" ? admitted(Buffer.concat(chunks).toString()) : metricsApi(request.url ?? "");
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response */
function admitted(text: string): object {
  const { apiVersion, request } = JSON.parse(text) as AdmissionReview;
  return { apiVersion, kind: "AdmissionReview", response: { uid: request.uid, allowed: true } };
}

/** What an API server that is behind another one is asked for: what it has, and then the lists of it. */
function metricsApi(path: string): object {
  const groupVersion = "metrics.k8s.io/v1beta1";
  if (path.startsWith(`/apis/${groupVersion}/`)) return { apiVersion: groupVersion, kind: "PodMetricsList", items: [] };
  const resources = ["pods", "nodes"].map((name) => ({
    name,
    singularName: "",
    namespaced: name === "pods",
    verbs: ["get", "list"],
    kind: name === "pods" ? "PodMetrics" : "NodeMetrics",
  }));
  return { apiVersion: "v1", kind: "APIResourceList", groupVersion, resources };
}
