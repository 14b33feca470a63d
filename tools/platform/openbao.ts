/** Asks one server of OpenBao by its HTTP API: https://openbao.org/api-docs/ */

import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { GroundworkError, messageOf } from "../../settings/errors";

/** Where a server is. */
export interface ServerAddress {
  /** http:// or https://, without a path. */
  readonly url: string;
  /** The certificate, PEM, of the authority that vouches for it. @default those that Node trusts */
  readonly ca?: string | undefined;
}

/** What a server says of itself without a token. */
export interface SealStatus {
  readonly initialized: boolean;
  readonly sealed: boolean;
}

/** What opens a store: none of it can be had again. */
export interface StoreKeys {
  /** The parts of the unseal key, of which {@link StoreKeys.threshold} are needed. */
  readonly keys: readonly string[];
  readonly threshold: number;
  /** May do everything. */
  readonly rootToken: string;
}

/** Where a snapshot is read; whoever may read it may take one. */
export const snapshotPath = "sys/storage/raft/snapshot";
const patience = 30_000;

/** One server. */
export class OpenBao {
  constructor(
    readonly address: ServerAddress,
    private readonly token?: string,
  ) {}

  /** The same server, asked with a token. */
  withToken(token: string): OpenBao {
    return new OpenBao(this.address, token);
  }

  sealStatus(): Promise<SealStatus> {
    return this.call("GET", "sys/seal-status") as Promise<SealStatus>;
  }

  /** Whether this replica is the one that writes, and has done all that it does before it takes requests. */
  async leads(): Promise<boolean> {
    return (await this.status("sys/health")) === 200;
  }

  /** Which store it is: another one has another. Of the replica that leads. */
  async identity(): Promise<string | undefined> {
    const { cluster_id: id } = (await this.call("GET", "sys/health")) as { cluster_id?: string };
    return id;
  }

  /** Makes the store's keys, once in its life. */
  async init(shares: number, threshold: number): Promise<StoreKeys> {
    const body = { secret_shares: shares, secret_threshold: threshold };
    const answer = (await this.call("PUT", "sys/init", body)) as { keys_base64: string[]; root_token: string };
    return { keys: answer.keys_base64, threshold, rootToken: answer.root_token };
  }

  /** Gives one part of the unseal key. */
  unseal(key: string): Promise<SealStatus> {
    return this.call("PUT", "sys/unseal", { key }) as Promise<SealStatus>;
  }

  /** All that the store holds, sealed as it is: useless without the keys of its time. */
  snapshot(): Promise<Readable> {
    return this.send("GET", snapshotPath);
  }

  /** Puts a snapshot in the place of all that the store holds; its own keys are then those of the snapshot's time. */
  async restore(snapshot: Buffer): Promise<void> {
    const answer = await this.send("POST", `${snapshotPath}-force`, snapshot);
    await text(answer);
  }

  /** Any other call. @returns the answer, undefined where there is none */
  async call(method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<unknown> {
    const answer = await text(await this.send(method, path, body && Buffer.from(JSON.stringify(body))));
    return answer === "" ? undefined : (JSON.parse(answer) as unknown);
  }

  /** Whether there is something at a path. */
  async has(path: string): Promise<boolean> {
    return (await this.status(path)) === 200;
  }

  /** By which status a path is answered; its answer is not read. */
  private async status(path: string): Promise<number> {
    const { statusCode = 0 } = (await this.request("GET", path)).resume();
    return statusCode;
  }

  private async send(method: string, path: string, body?: Buffer): Promise<IncomingMessage> {
    const answer = await this.request(method, path, body).catch((cause: unknown) => {
      const why = messageOf(cause);
      throw new GroundworkError("INFRA_NOT_RUNNING", `OpenBao does not answer at ${this.address.url}: ${why}.`, {
        suggestion: "See whether its pods run: `kubectl -n secrets get pods`.",
        cause,
      });
    });
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    throw refused(`${method} ${path}`, statusCode, await text(answer));
  }

  private request(method: string, path: string, body?: Buffer): Promise<IncomingMessage> {
    const { url, ca } = this.address;
    const start = url.startsWith("https:") ? httpsRequest : httpRequest;
    const headers = {
      ...(this.token === undefined ? {} : { "X-Vault-Token": this.token }),
      ...(body === undefined ? {} : { "Content-Length": body.length }),
    };
    return new Promise((resolve, reject) => {
      const sent = start(`${url}/v1/${path}`, {
        method,
        headers,
        timeout: patience,
        ...(ca === undefined ? {} : { ca }),
      });
      sent.on("timeout", () => sent.destroy(new Error(`no answer within ${patience / 1000} s`)));
      sent.on("error", reject);
      sent.on("response", resolve);
      sent.end(body);
    });
  }
}

/** OpenBao's own words, which hold no secret. */
function refused(call: string, status: number, answer: string): GroundworkError {
  const said = errorsOf(answer);
  const suggestion =
    status === 403
      ? "Set BAO_TOKEN to a token that may do this, or name the file with the store's keys by --keys."
      : status === 503
        ? "The store is sealed: run `bin/platform secrets unseal`."
        : "Read OpenBao's own words above.";
  return new GroundworkError("ENGINE_FAILED", `OpenBao refused ${call} with ${String(status)}: ${said}.`, {
    suggestion,
  });
}

function errorsOf(answer: string): string {
  try {
    const { errors = [] } = JSON.parse(answer) as { errors?: string[] };
    return errors.join("; ").replace(/\s+/g, " ").trim() || "no reason";
  } catch {
    return "no reason";
  }
}
