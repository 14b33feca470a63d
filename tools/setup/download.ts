/** Downloads over HTTPS that decide quickly whether there is a way to the server at all. */

import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../settings/errors";
import { reportEvery } from "./processes";

/** A server that has not answered within this time counts as out of reach. */
const answerSeconds = 5;

/** A download that receives nothing for this time has failed. */
const stallSeconds = 30;

/**
 * Sees whether a server answers at all, be it with an error.
 *
 * @throws Error saying why when it is out of reach
 */
export async function assertInReach(address: string): Promise<void> {
  await answerFrom(address);
}

/**
 * The text at an address.
 *
 * @throws Error saying why when the server is out of reach or answers anything but success
 */
export async function downloadText(address: string): Promise<string> {
  const { response } = await open(address);
  return await response.text();
}

/**
 * Downloads to a file, with progress.
 *
 * @throws Error saying why when the server is out of reach, answers anything but success or stops sending
 */
export async function downloadFile(stage: string, address: string, file: string): Promise<void> {
  const { response, abort } = await open(address);
  const total = Number(response.headers.get("content-length"));
  let received = 0;
  const stop = reportEvery(
    stage,
    () => `${inMegabytes(received)} of ${total > 0 ? inMegabytes(total) : "an unknown size"}`,
  );
  const stalled = () => {
    abort(`nothing was received for ${String(stallSeconds)} s`);
  };
  let watch = setTimeout(stalled, stallSeconds * 1000);
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      clearTimeout(watch);
      watch = setTimeout(stalled, stallSeconds * 1000);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body as never), meter, createWriteStream(file));
  } finally {
    clearTimeout(watch);
    stop();
  }
}

interface OpenDownload {
  readonly response: Response;
  readonly abort: (reason: string) => void;
}

async function open(address: string): Promise<OpenDownload> {
  const answer = await answerFrom(address);
  if (!answer.response.ok) throw new Error(`${address} answers with status ${String(answer.response.status)}`);
  return answer;
}

async function answerFrom(address: string): Promise<OpenDownload> {
  const controller = new AbortController();
  const abort = (reason: string) => {
    controller.abort(new Error(reason));
  };
  const watch = setTimeout(abort, answerSeconds * 1000, `no answer within ${String(answerSeconds)} s`);
  try {
    const response = await fetch(address, { signal: controller.signal });
    return { response, abort };
  } catch (error) {
    throw new Error(`${new URL(address).host} is out of reach (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(watch);
  }
}

/** `fetch` says "fetch failed" and keeps the reason inside. */
function reasonOf(error: unknown): string {
  return messageOf((error as Error).cause ?? error);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
