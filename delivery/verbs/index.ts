/** All verbs, in the order of the help. */

import { apply } from "./apply";
import { audit } from "./audit";
import { drift } from "./drift";
import { migrate } from "./migrate";
import { preview } from "./preview";
import { rollback } from "./rollback";
import { snapshot } from "./snapshot";
import { unlock } from "./unlock";
import type { DeliveryVerb } from "./verb";

/** What `bin/delivery` can do. */
export const verbs: readonly DeliveryVerb[] = [preview, apply, drift, snapshot, rollback, audit, unlock, migrate];
