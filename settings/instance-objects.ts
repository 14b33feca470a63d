/** An instance's object at a backend, in words that drivers tell and the ledger understands. */

import type { InstanceIdentity } from "./instance-properties";
import type { LeasedPort } from "./instance-spec";

/** A port of a host that an instance has. */
export interface OwnedPort extends LeasedPort {
  /** Whether the user wrote `auto`. */
  readonly automatic: boolean;
}

/** An address of a bridge that an instance has. */
export interface OwnAddress {
  readonly address: string;
  /** Whether it was chosen for the user. */
  readonly automatic: boolean;
}

/** An object that has processes, and what it holds of its host. */
export interface ActiveObject {
  readonly id: string;
  readonly backend: string;
  /** 0 where the backend does not tell. */
  readonly memoryMiB: number;
  /** The ports of the host that it publishes: `tcp/8100`. */
  readonly ports: readonly string[];
}

/** An instance's object at a backend, told by its labels and its description alone: enough to rebuild a ledger's entry. */
export interface OwnedObject {
  readonly identity: InstanceIdentity;
  readonly objectId: string;
  readonly running: boolean;
  /** The limits in force while it runs; of one that stands still, those that it was made with. */
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The size of its disk, begun GiB in full. @default none: it is a container */
  readonly diskGiB?: number | undefined;
  /** In the order of their spelling. */
  readonly ports: readonly OwnedPort[];
  /** Its own address on a bridge. @default none */
  readonly address?: OwnAddress | undefined;
  /** The directory of the project that it was made for. @default none: its stack is shared, or it was made by hand */
  readonly projectDirectory?: string;
}

/** The file system that holds the disks of a backend's instances. */
export interface DiskSpace {
  readonly directory: string;
  /** Whole GiB. */
  readonly totalGiB: number;
  /** What can be written there now, whole GiB. */
  readonly freeGiB: number;
}
