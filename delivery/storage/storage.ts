/** What delivery keeps beside a stack's state: notes on runs, checkpoints, records that are still to be sent. */

import { join } from "node:path";
import type { Backend } from "../../engine/backend";
import type { Workspace } from "../../engine/workspace";
import { backendOf } from "../workspace";
import type * as Bucket from "./bucket-storage";
import { FolderStorage } from "./folder-storage";

/** Texts and files under keys. A key is a path of names, such as `locks/prod.json`. */
export interface Storage {
  /** Undefined where there is nothing. */
  read(key: string): Promise<Buffer | undefined>;
  /**
   * Writes whole or not at all, in the place of what was there.
   *
   * @returns false where `onlyIfAbsent` and something is there already; nothing was written then
   */
  write(key: string, content: string | Buffer, options?: WriteOptions): Promise<boolean>;
  /** All keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** Content with there being nothing. */
  remove(key: string): Promise<void>;
}

/** How {@link Storage.write} writes. */
export interface WriteOptions {
  /** Writes only where there is nothing yet: of several that try at once, one succeeds. @default false */
  readonly onlyIfAbsent?: boolean;
}

/** The folder beside Pulumi's own, `.pulumi`. */
const folder = "groundwork";

/** The store beside a stack's state: in the same bucket or folder. */
export function storageOf(workspace: Workspace): Storage {
  return openStorage(backendOf(workspace), folder);
}

/** All that a backend keeps, Pulumi's own files among it. */
export function backendStorage(backend: Backend): Storage {
  return openStorage(backend);
}

function openStorage(backend: Backend, inside?: string): Storage {
  if (backend.kind === "folder") return new FolderStorage(join(backend.directory, inside ?? ""));
  // `import` would make the store a promise; where the state is in a folder the library is not loaded at all.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is a third of what this program loads
  const { BucketStorage } = require("./bucket-storage") as typeof Bucket;
  return new BucketStorage({ ...backend, prefix: backend.prefix + (inside === undefined ? "" : `${inside}/`) });
}
