/** The rows of the table, in its order. */

import type { Row } from "./row";
import { commandRows } from "./command-rows";
import { deliveryRows } from "./delivery-rows";
import { engineRows } from "./engine-rows";
import { machineRows } from "./machine-rows";
import { manyRows } from "./many-rows";
import { platformRows } from "./platform-rows";
import { playbookRows } from "./playbook-rows";
import { wholePlatformRows } from "./whole-platform-rows";

/** The rows that a test can measure in seconds. */
export const quickRows: readonly Row[] = [
  ...commandRows,
  ...playbookRows,
  ...engineRows,
  ...platformRows,
  ...manyRows,
  ...deliveryRows,
];

/** Every row. */
export const rows: readonly Row[] = [...quickRows, ...machineRows, ...wholePlatformRows];
