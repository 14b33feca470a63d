/** All verbs, in the order of the help. */

import type { DeliveryVerb } from "./verb";

/** What `bin/delivery` can do. */
export const verbs: readonly DeliveryVerb[] = [];
