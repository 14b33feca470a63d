/** What an instance is now: the one shape that outputs, `status`, JSON and MCP answers render. */

import type { Backend, InstanceType } from "./instance-spec";

/** Where an instance is in its life; derived from the backend and the ledger, never stored. */
export type InstanceState = "not_created" | "creating" | "running" | "stopped" | "removing";

/** A port of an instance, as it can be reached. */
export interface ReportedPort {
  readonly address: string;
  readonly host: number;
  readonly inside: number;
  readonly protocol: "tcp" | "udp";
}

/** One instance as it is. Holds no secret. */
export interface InstanceReport {
  readonly id: string;
  /** The name at the backend. */
  readonly name: string;
  readonly type: InstanceType;
  readonly backend: Backend;
  readonly state: InstanceState;
  /** Who has its name at the backend, where that is someone else. */
  readonly nameHeldBy?: string | undefined;
  readonly ports: readonly ReportedPort[];
  /** Its own address on a bridge, reached from this host. @default none */
  readonly address?: string | undefined;
  /** The program and arguments that open a shell inside. */
  readonly login: readonly string[];
}
