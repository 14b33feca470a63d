/** What stands behind a webhook in tests: servers on loopback that answer, or do not, as one that is there, broken or cut off. */

import { once } from "node:events";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { Certificate } from "./certificate";

/** A listening server. */
export interface StandIn {
  readonly port: number;
  stop(): Promise<void>;
}

/** Answers every review with a refusal, and every other question with an empty list of what there is. */
export function refusing(certificate: Certificate): Promise<StandIn> {
  return listen(
    createHttpsServer({ ...certificate }, (request, response) => {
      void text(request).then((body) => {
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify(body === "" ? nothing : refusal(body)));
      });
    }),
  );
}

const nothing = { kind: "APIResourceList", apiVersion: "v1", groupVersion: "metrics.k8s.io/v1beta1", resources: [] };

function refusal(body: string): object {
  const { apiVersion, kind, request } = JSON.parse(body) as Record<string, object> & { request: { uid: string } };
  return { apiVersion, kind, response: { uid: request.uid, allowed: false, status: { message: "not so" } } };
}

/** Answers every question with "not found". */
export function confused(certificate: Certificate): Promise<StandIn> {
  return listen(createHttpsServer({ ...certificate }, (_, response) => response.writeHead(404).end()));
}

/** Takes connections, and never says a word: what a dropped packet looks like to the one who waits. */
export function silent(): Promise<StandIn> {
  return listen(createServer());
}

async function listen(server: Server | HttpsServer): Promise<StandIn> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
