/** Downloads over HTTP that go on where the last one ended, and tell what is wrong in a sentence. */

import { createWriteStream } from "node:fs";
import { readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GroundworkError } from "../../settings/errors";

/** How a download is followed and ended. */
export interface DownloadOptions {
  /** Called as bytes come. `total` is undefined where the server does not tell it. @default nobody is told */
  readonly progress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Aborted: the download ends; what came so far is kept. @default it cannot be ended */
  readonly signal?: AbortSignal | undefined;
  /** Seconds without an answer, or without a byte, after which it has failed. @default 30 */
  readonly stallSeconds?: number | undefined;
}

/**
 * The file that a download of `path` writes to, this process's own. What a process that is gone received of it is taken
 * over; two processes that download at once do not meet.
 */
export async function claimPart(path: string): Promise<string> {
  const own = `${path}.part-${String(process.pid)}`;
  const begun = new RegExp(String.raw`^${escaped(basename(path))}\.part-(\d+)$`);
  for (const name of await readdir(dirname(path))) {
    const pid = Number(begun.exec(name)?.[1]);
    if (Number.isNaN(pid) || (pid !== process.pid && isAlive(pid))) continue;
    // Another process may have been quicker.
    const taken = await rename(join(dirname(path), name), own).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return own;
}

/**
 * Downloads to a file, after what it holds already.
 *
 * @throws CONFIG_INVALID when the server is out of reach, has no such file or stops sending; INSUFFICIENT_RESOURCES when
 *   the disk has no room for it, and then nothing of it is kept
 */
export async function download(address: string, file: string, options: DownloadOptions = {}): Promise<void> {
  const stalled = new Stall(options);
  try {
    const begun = await sizeOf(file);
    const response = await answer(address, begun, stalled);
    if (response === undefined) return;
    const resumed = response.status === httpPartial;
    const received = resumed ? begun : 0;
    const total = totalOf(response, received);
    await requireRoom(file, total === undefined ? 0 : total - received);
    await write(response, file, { resumed, received, total, stalled, progress: options.progress });
  } catch (error) {
    if (isFull(error)) await rm(file, { force: true });
    throw explain(error, address, file);
  } finally {
    stalled.end();
  }
}

const httpPartial = 206;
const httpRangeNotSatisfiable = 416;

/** A server that cannot go on sends the whole again. Undefined where there is nothing to add. */
async function answer(address: string, begun: number, stalled: Stall): Promise<Response | undefined> {
  const range = begun > 0 ? { range: `bytes=${String(begun)}-` } : {};
  // Compressed on its way, it could not go on after a number of bytes.
  const headers = { ...range, "accept-encoding": "identity" };
  const response = await fetch(address, { headers, signal: stalled.signal });
  if (response.status === httpRangeNotSatisfiable) return undefined;
  if (!response.ok) throw new Refused(`the server answers with status ${String(response.status)}`);
  return response;
}

/** Why there is no download, in words. */
class Refused extends Error {}

interface Writing {
  readonly resumed: boolean;
  readonly received: number;
  readonly total: number | undefined;
  readonly stalled: Stall;
  readonly progress: DownloadOptions["progress"];
}

async function write(response: Response, file: string, writing: Writing): Promise<void> {
  let { received } = writing;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      writing.stalled.heard();
      writing.progress?.(received, writing.total);
      done(null, chunk);
    },
  });
  const target = createWriteStream(file, { flags: writing.resumed ? "a" : "w" });
  await pipeline(Readable.fromWeb(response.body as never), meter, target);
}

/** Ends a download that hears nothing for a time, or that its caller ends. */
class Stall {
  private readonly controller = new AbortController();
  private readonly seconds: number;
  private readonly watch: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor({ stallSeconds = 30, signal }: DownloadOptions) {
    this.seconds = stallSeconds;
    this.signal = signal === undefined ? this.controller.signal : AbortSignal.any([signal, this.controller.signal]);
    this.watch = setTimeout(() => {
      this.controller.abort(new Refused(`nothing was heard for ${String(this.seconds)} s`));
    }, this.seconds * 1000);
  }

  heard(): void {
    this.watch.refresh();
  }

  end(): void {
    clearTimeout(this.watch);
  }
}

function totalOf(response: Response, received: number): number | undefined {
  const length = response.headers.get("content-length");
  return length === null ? undefined : received + Number(length);
}

async function requireRoom(file: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < bytes) throw new NoRoom(bytes, bavail * bsize);
}

class NoRoom extends Error {
  constructor(needed: number, free: number) {
    super(`${inMiB(needed)} are still to come, ${inMiB(free)} are free`);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof NoRoom || ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function explain(error: unknown, address: string, file: string): unknown {
  if (isFull(error)) {
    const numbers = error instanceof NoRoom ? `: ${error.message}` : "";
    return new GroundworkError("INSUFFICIENT_RESOURCES", `The disk has no room for ${address}${numbers}.`, {
      cause: error,
      details: { folder: dirname(file) },
      suggestion: `Free some space on the disk of ${dirname(file)} (\`df -h\` shows it), then run the same command again.`,
    });
  }
  if ((error as Error).name === "AbortError") return error;
  return new GroundworkError("CONFIG_INVALID", `${address} could not be downloaded: ${reasonOf(error)}.`, {
    cause: error,
    details: { address },
    suggestion:
      "Correct BOX, or see to the connection; then run the same command again: it goes on where this one ended.",
  });
}

/** `fetch` says "fetch failed" and keeps the reason inside. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as Error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === undefined ? message : `${code}: ${message}`;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
