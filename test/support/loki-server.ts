/**
 * A stand-in for Loki's push API, as strict as Loki 3.7 with the platform's limits: tenants, numbers of nanoseconds as text,
 * labels, ages and order. It keeps one of two lines that are equal. Faults come when a test asks for them.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as z from "zod";

const nanosecondsOfHour = 3600n * 1_000_000_000n;

const bodySchema = z.strictObject({
  streams: z
    .array(
      z.strictObject({
        stream: z
          .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string().min(1))
          .refine((labels) => Object.keys(labels).length > 0, "at least one label pair is required per stream"),
        values: z.array(z.tuple([z.string().regex(/^\d{19}$/), z.string(), z.record(z.string(), z.string())])).min(1),
      }),
    )
    .min(1),
});

/** A line that was taken. */
export interface TakenLine {
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nanoseconds: string;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the next request meets: an answer without the lines being taken, or none after they were. */
export type LokiFault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | "taken, and the connection cut"
  | "taken, and never answered";

/** A running stand-in. */
export class LokiServer {
  /** What was taken, each once. */
  readonly taken: TakenLine[] = [];
  /** What was asked, with the header `authorization`. */
  readonly requests: { readonly authorization: string | undefined }[] = [];
  private readonly faults: LokiFault[] = [];

  private constructor(
    private readonly server: Server,
    private readonly login: string | undefined,
  ) {}

  /** @param login `user:password` that is asked for. @default none */
  static async start(login?: string): Promise<LokiServer> {
    const server = createServer();
    const loki = new LokiServer(server, login);
    server.on("request", (request, response) => void loki.answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return loki;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** The records whose lines were taken, in the order of their arrival. */
  get records(): readonly Record<string, unknown>[] {
    return this.taken.map(({ line }) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Lets the next requests fail, one fault each. */
  failNext(...faults: readonly LokiFault[]): void {
    this.faults.push(...faults);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    this.requests.push({ authorization });
    const body = await text(request);
    const fault = this.faults.shift();
    if (typeof fault === "object") {
      response.writeHead(fault.status, fault.headers).end("asked to fail");
      return;
    }
    const [status, said] = this.take(request, body);
    if (fault === undefined) response.writeHead(status).end(said);
    else if (fault === "taken, and the connection cut") request.socket.destroy();
  }

  private take({ method, url, headers }: IncomingMessage, body: string): readonly [number, string?] {
    const { authorization, "x-scope-orgid": tenant, "content-type": type } = headers;
    const expected = `Basic ${Buffer.from(this.login ?? "").toString("base64")}`;
    if (method !== "POST" || url !== "/loki/api/v1/push") return [404, "404 page not found"];
    if (this.login !== undefined && authorization !== expected) return [401, "Unauthorized"];
    if (typeof tenant !== "string") return [401, "no org id"];
    if (type !== "application/json") return [415, "unsupported media type"];
    const parsed = bodySchema.safeParse(fromJson(body));
    if (!parsed.success) return [400, z.prettifyError(parsed.error)];
    const refusals = parsed.data.streams.flatMap(({ stream, values }) =>
      values.flatMap(([nanoseconds, line, metadata]) =>
        this.add({ tenant, labels: stream, nanoseconds, line, metadata }),
      ),
    );
    return refusals.length === 0 ? [204] : [400, refusals.join("\n")];
  }

  /** Takes one line, whatever becomes of those beside it. */
  private add(taken: TakenLine): readonly string[] {
    const at = BigInt(taken.nanoseconds);
    const now = BigInt(Date.now()) * 1_000_000n;
    if (at < now - 30n * 24n * nanosecondsOfHour) return ["has timestamp too old"];
    if (at > now + nanosecondsOfHour / 6n) return ["has timestamp too new"];
    const stream = this.taken.filter((one) => one.tenant === taken.tenant && sameLabels(one, taken));
    const newest = stream.reduce((most, one) => (BigInt(one.nanoseconds) > most ? BigInt(one.nanoseconds) : most), 0n);
    if (at < newest - nanosecondsOfHour) return ["entry too far behind"];
    if (!stream.some((one) => one.nanoseconds === taken.nanoseconds && one.line === taken.line)) this.taken.push(taken);
    return [];
  }
}

function sameLabels({ labels: one }: TakenLine, { labels: other }: TakenLine): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}

function fromJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
