/** Who this host is, and the key of the digests that stand for secrets. */
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { GroundworkError } from "../settings/errors";
import { ensureDirectory } from "./home";
import { unwritable } from "./system-errors";
import type { Home } from "./home";
import { hashMachineId, readMachineId } from "./machine-id";

const digestLength = 32;

/**
 * The identity of this host: 12 hexadecimal digits, the same for every user and for ever.
 *
 * A hash of the machine id. Where the system has none, one is made once and kept in the home.
 *
 * @param sources the files that may hold the machine id, first wins. @default those of machine-id(5) and D-Bus
 */
export function hostId(home: Home, sources?: readonly string[]): string {
  return hashMachineId(readMachineId(sources) ?? ownMachineId(home));
}

/** The key of {@link environmentDigest}: 32 random bytes, made once and readable by their owner alone. */
export function digestKey(home: Home): Buffer {
  return readOrCreate(home.digestKeyFile, () => randomBytes(32));
}

/**
 * A digest of secret variables that may be kept in state and shown: without the key it tells nothing about them.
 * The order of the variables does not matter.
 *
 * @returns 32 hexadecimal digits
 */
export function environmentDigest(key: Buffer, environment: Readonly<Record<string, string>>): string {
  const canonical = JSON.stringify(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHmac("sha256", key).update(canonical).digest("hex").slice(0, digestLength);
}

function ownMachineId(home: Home): string {
  return readOrCreate(home.hostIdFile, () => Buffer.from(`${randomUUID()}\n`))
    .toString()
    .trim();
}

/**
 * Reads a small file, or makes it first. Of several processes that make it at once one wins, and all read the
 * winner's: the content is complete before `link` gives it the name, and `link` never replaces.
 */
function readOrCreate(path: string, content: () => Buffer): Buffer {
  const existing = readBytes(path);
  if (existing !== undefined) {
    return existing;
  }
  ensureDirectory(dirname(path));
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content(), { mode: 0o600, flag: "wx", flush: true });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw unwritable(path, error);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path);
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw unwritable(path, error);
  }
}

/**
 * Refuses to work on an instance of another host: nothing of it can be seen, made or removed from here.
 *
 * @param here this host's identity
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE when the instance does not live here.
 */
export function refuseOtherHost({ id, host }: { readonly id: string; readonly host: string }, here: string): void {
  if (host === here) return;
  throw new GroundworkError("PROVIDER_NOT_AVAILABLE", `${id} lives on host ${host}; this is host ${here}`, {
    suggestion: "Run the command on the host where the instance was made.",
  });
}
