/** All verbs, in the order of the help. */

import { doctor } from "./doctor";
import { drift } from "./drift";
import { env } from "./env";
import { exec } from "./exec";
import { hosts } from "./hosts";
import { init } from "./init";
import { logs } from "./logs";
import { ports } from "./ports";
import { preview } from "./preview";
import { prune } from "./prune";
import { rm } from "./rm";
import { ssh } from "./ssh";
import { status } from "./status";
import { stop } from "./stop";
import { up } from "./up";
import { validate } from "./validate";
import type { Verb } from "./verb";

/** What the tool can do. */
export const verbs: readonly Verb[] = [
  ...[init, validate, preview, up, status, ports, hosts],
  ...[ssh, exec, logs, stop, rm, prune, drift, doctor, env],
];
