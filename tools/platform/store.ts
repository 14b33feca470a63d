/** What is done to a store by hand: its beginning, its unsealing, its snapshots. */

import { createWriteStream, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { GroundworkError } from "../../settings/errors";
import type { OpenBao, StoreKeys } from "./openbao";
import { until } from "./until";

/** The first of the replicas, which begins a store. */
export function firstOf(replicas: readonly OpenBao[]): OpenBao {
  const [first] = replicas;
  if (first !== undefined) return first;
  throw new GroundworkError("INFRA_NOT_RUNNING", "The store has no replica.", {
    suggestion: "Run `pulumi up`, then `kubectl -n secrets get pods`.",
  });
}

/** @throws GroundworkError INFRA_EXISTS when a store has keys already: nobody can have them a second time */
export async function assertNew(replicas: readonly OpenBao[]): Promise<void> {
  if ((await firstOf(replicas).sealStatus()).initialized) {
    throw new GroundworkError("INFRA_EXISTS", "The store has been initialised before; its keys were told then.", {
      suggestion: "Run `bin/platform secrets unseal` with the file that was written then.",
    });
  }
}

/** Unseals every replica; the others join the first, and that one must be open for it. */
export async function unseal(replicas: readonly OpenBao[], { keys, threshold }: StoreKeys): Promise<void> {
  for (const replica of replicas) await unsealOne(replica, keys.slice(0, threshold));
}

async function unsealOne(replica: OpenBao, keys: readonly string[]): Promise<void> {
  await until(`${replica.address.url} is unsealed`, async () => {
    const { sealed, initialized } = await replica.sealStatus();
    if (!sealed) return true;
    // A replica that has not found the others yet takes no key.
    if (initialized) for (const key of keys) await replica.unseal(key);
    return initialized && !(await replica.sealStatus()).sealed;
  });
}

/** The replica that writes, once there is one. @throws GroundworkError INFRA_NOT_RUNNING when there is none in time */
export async function leaderOf(replicas: readonly OpenBao[]): Promise<OpenBao> {
  let leader: OpenBao | undefined;
  await until("a replica of the store leads", async () => {
    const open = await Promise.all(replicas.map((one) => one.leads().catch(() => false)));
    leader = replicas[open.indexOf(true)];
    return leader !== undefined;
  });
  return leader ?? firstOf(replicas);
}

/** Writes a snapshot to a file, which is whole or not there. */
export async function snapshot(leader: OpenBao, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await pipeline(await leader.snapshot(), createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * Puts a snapshot into a store, and unseals it with the keys of the snapshot's time. A store that is new is begun first, with
 * keys that nobody needs again: the snapshot brings its own.
 *
 * @param token may do everything in the store as it is now; not needed for one that is new
 */
export async function restore(
  replicas: readonly OpenBao[],
  file: string,
  keys: StoreKeys,
  token?: string,
): Promise<void> {
  const content = readFileSync(file);
  const { initialized } = await firstOf(replicas).sealStatus();
  const rights = initialized ? (token ?? keys.rootToken) : await begin(replicas, keys);
  const leader = await leaderOf(replicas);
  const before = await leader.identity();
  await leader.withToken(rights).restore(content);
  await until("the store is what the snapshot holds", async () => {
    await unseal(replicas, keys);
    const one = await leaderOf(replicas);
    // It answers before it looks at what was put under it, and then seals itself, because that is sealed by other keys.
    return initialized || (await one.identity()) !== before;
  });
}

/** With as many parts as the keys of the snapshot: by those that it began with, OpenBao joins the parts that it is given then. */
async function begin(replicas: readonly OpenBao[], { keys, threshold }: StoreKeys): Promise<string> {
  const temporary = await firstOf(replicas).init(keys.length, threshold);
  await unseal(replicas, temporary);
  return temporary.rootToken;
}
