/** What a smoke test asks, as servers on loopback that answer as the real ones do: a page, Prometheus, Loki and Tempo. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate";

/** What they answer from now on; what a request left behind is known by its trace. */
export interface SmokeAnswers {
  pageStatus: number;
  /** The values of `up`. */
  up: readonly string[];
  keepsLogs: boolean;
  keepsTraces: boolean;
  /** Of whose parts a trace is. */
  service: string;
  /** How many requests of the APIs are answered by 503 first. */
  late: number;
}

/** A request that was made. */
export interface SeenRequest {
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
}

/** Running servers. Unless they are told otherwise, all is well. */
export class SmokeServers {
  readonly answers: SmokeAnswers = {
    pageStatus: 200,
    up: ["1", "1"],
    keepsLogs: true,
    keepsTraces: true,
    service: "shop",
    late: 0,
  };
  /** What the page was asked. */
  readonly page: SeenRequest[] = [];
  /** What the APIs were asked. */
  readonly api: SeenRequest[] = [];
  private readonly servers: readonly Server[];

  private constructor(certificate: Certificate) {
    const page = createTlsServer(certificate, (request, response) => {
      this.page.push({ url: new URL(request.url ?? "", "https://localhost"), headers: request.headers });
      response.writeHead(this.answers.pageStatus).end("hello");
    });
    const api = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      this.api.push({ url, headers: request.headers });
      if (this.answers.late-- > 0) return response.writeHead(503).end("not yet");
      const answer = this.answerTo(url);
      return response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
    });
    this.servers = [page, api];
  }

  /** Starts them. @param certificate the page's, for localhost */
  static async start(certificate: Certificate): Promise<SmokeServers> {
    const started = new SmokeServers(certificate);
    await Promise.all(started.servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
    return started;
  }

  /** The page's address. */
  get pageUrl(): string {
    return `https://localhost:${String(this.portOf(0))}/`;
  }

  /** The port where all three APIs are. */
  get apiPort(): number {
    return this.portOf(1);
  }

  /** Ends them. */
  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all(this.servers.map((server) => once(server, "close")));
  }

  private portOf(index: 0 | 1): number {
    return (this.servers[index]!.address() as AddressInfo).port;
  }

  private answerTo({ pathname, searchParams }: URL): object | undefined {
    const { up, keepsLogs, keepsTraces, service } = this.answers;
    const trace = this.page.at(-1)?.url.searchParams.get("smoke") ?? "none";
    if (pathname === "/api/v1/query") return { data: { result: up.map((value) => ({ value: [0, value] })) } };
    if (pathname === "/loki/api/v1/query_range") {
      const isAskedFor = keepsLogs && (searchParams.get("query") ?? "").includes(trace);
      return { data: { result: isAskedFor ? [{ stream: {}, values: [["0", `GET /?smoke=${trace}`]] }] : [] } };
    }
    if (pathname === `/api/traces/${trace}` && keepsTraces) {
      return { batches: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] } }] };
    }
    return undefined;
  }
}
