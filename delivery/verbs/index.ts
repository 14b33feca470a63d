/** All verbs, in the order of the help. */

import { audit } from "./audit";
import { snapshot } from "./snapshot";
import { unlock } from "./unlock";
import type { DeliveryVerb } from "./verb";

/** What `bin/delivery` can do. */
export const verbs: readonly DeliveryVerb[] = [snapshot, audit, unlock];
