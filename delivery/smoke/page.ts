/** Asks a page by https, and looks at its certificate. */

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { TLSSocket } from "node:tls";

/** What a page answered. */
export interface PageAnswer {
  readonly status: number;
  /** When its certificate ends. */
  readonly validTo: Date;
}

/** How it is asked. */
export interface PageOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Certificates, PEM, that are trusted instead of the usual ones. @default the usual ones */
  readonly ca?: string | undefined;
}

/** @throws Error when it cannot be reached, or its certificate is none for this name from somebody who is trusted */
export async function askPage(url: URL, { headers, signal, ca }: PageOptions): Promise<PageAnswer> {
  // A connection of its own: one that is kept would show the certificate of before.
  const asked = request(url, { headers, signal, agent: false, ...(ca === undefined ? {} : { ca }) }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const { socket } = response;
  if (!(socket instanceof TLSSocket)) throw new Error("the connection has no certificate");
  const { valid_to: validTo } = socket.getPeerCertificate();
  response.resume();
  await once(response, "end");
  return { status: response.statusCode ?? 0, validTo: new Date(validTo) };
}
