/**
 * The part of Linode's API that the platform uses, on loopback: strict about tokens, scopes and bodies, with answers of
 * the shapes that Linode's own client has recorded (https://github.com/linode/linodego, test/unit/fixtures), and with
 * faults on demand. Reference: https://techdocs.akamai.com/linode-api/reference/api
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { catalogueRoutes } from "./catalogue";
import { Clusters, type ClusterOptions } from "./clusters";
import { Domains } from "./domains";
import { Firewalls } from "./firewalls";
import { ObjectStorage } from "./object-storage";
import { PaidObjects } from "./paid-objects";
import { Refusal, type Call, type Route } from "./route";

/** How an account's API is. */
export interface LinodeApiOptions extends ClusterOptions {
  /** The tokens that are valid, each with its scopes, e.g. `lke:read_write`; `*` has all. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
}

/** What goes wrong the next times that a call fits. */
export interface Fault {
  readonly method: string;
  /** A beginning of the path, after `/v4`. */
  readonly path: string;
  readonly status: number;
  /** How often. @default 1 */
  readonly times?: number;
  /** Seconds, told with 429. @default not told */
  readonly retryAfter?: number;
  readonly reason: string;
}

/** A running API. */
export class LinodeApi {
  /** All calls so far: `POST /lke/clusters`. */
  readonly calls: string[] = [];
  /** What controllers in clusters make and remove. */
  readonly paid = new PaidObjects();
  /** The zones of the account. */
  readonly domains = new Domains();
  private faults: { fault: Fault; left: number }[] = [];
  private readonly server: Server;
  private readonly routes: readonly Route[];

  private constructor(private readonly options: LinodeApiOptions) {
    const own = [new Clusters(options), new ObjectStorage(), new Firewalls(), this.paid, this.domains];
    this.routes = [...catalogueRoutes, ...own.flatMap(({ routes }) => routes)];
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body, headers }) => {
        response.writeHead(status, { "Content-Type": "application/json", ...headers });
        response.end(JSON.stringify(body));
      });
    });
  }

  /** Starts one on a free port. */
  static async start(options: LinodeApiOptions): Promise<LinodeApi> {
    const api = new LinodeApi(options);
    api.server.listen(0, "127.0.0.1");
    await once(api.server, "listening");
    return api;
  }

  /** Where it listens, without a version. */
  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Lets a kind of call fail. */
  fail(fault: Fault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage) {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const path = pathname.replace(/^\/v4(beta)?/, "");
    const method = request.method ?? "GET";
    this.calls.push(`${method} ${path}`);
    try {
      this.throwFault(method, path);
      const { route, parameters } = this.routeOf(method, path);
      this.assertAllowed(request.headers.authorization, route);
      const call: Call = { parameters, query: searchParams, body: await readBody(request) };
      const body = route.handle(call);
      return { status: 200, headers: {}, body: body ?? {} };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, [{ reason: String(error) }]);
      return { status: refusal.status, headers: refusal.headers, body: { errors: refusal.errors } };
    }
  }

  private throwFault(method: string, path: string): void {
    const found = this.faults.find(({ fault }) => fault.method === method && path.startsWith(fault.path));
    if (found === undefined) return;
    found.left -= 1;
    this.faults = this.faults.filter(({ left }) => left > 0);
    const { status, reason, retryAfter } = found.fault;
    throw new Refusal(status, [{ reason }], retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) });
  }

  private routeOf(method: string, path: string) {
    for (const route of this.routes) {
      const match = route.method === method ? route.pattern.exec(path) : null;
      if (match !== null) return { route, parameters: match.slice(1).map(decodeURIComponent) };
    }
    throw new Refusal(404, [{ reason: "Not found" }]);
  }

  private assertAllowed(authorization: string | undefined, { scope, isPublic = false }: Route): void {
    if (isPublic && authorization === undefined) return;
    const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1] ?? "";
    const scopes = this.options.tokens[token];
    if (scopes === undefined) throw new Refusal(401, [{ reason: "Invalid Token" }]);
    if (scope === undefined || scopes.includes("*") || scopes.includes(scope)) return;
    const readsOnly = scope.replace(/:read_only$/, ":read_write");
    if (scopes.includes(readsOnly)) return;
    throw new Refusal(401, [{ reason: "Your OAuth token is not authorized to use this endpoint." }]);
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, [{ reason: "Invalid JSON" }]);
  }
}
