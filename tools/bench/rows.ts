/** The rows of the table, in its order. */

import type { Row } from "./row";
import { commandRows } from "./command-rows";
import { engineRows } from "./engine-rows";
import { manyRows } from "./many-rows";
import { playbookRows } from "./playbook-rows";

/** Every row. */
export const rows: readonly Row[] = [...commandRows, ...playbookRows, ...engineRows, ...manyRows];
