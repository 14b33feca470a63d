/** Instances of a stack that its state does not know. */

import { listEverywhere } from "../../drivers";
import { backendAccess } from "../../host/backend-access";
import type { Home } from "../../host/home";
import { hostId } from "../../host/identity";
import type { OwnedObject } from "../../settings/instance-objects";
import type { State } from "./state";

const sensorType = "groundwork:index:LiveState";

/** A sentence for each instance of the stack that is on this host, told by its labels, and that the state does not hold. */
export async function unknownInstances(home: Home, stack: string, state: State): Promise<readonly string[]> {
  const objects = await listEverywhere(backendAccess(home), hostId(home));
  return unknownOf(objects, stack, state).map(
    ({ identity, objectId }) =>
      `${identity.backend} ${identity.name} (instance ${identity.id}, ${objectId.slice(0, 12)})`,
  );
}

/** Those of the stack that no sensor of the state looks at. */
export function unknownOf(objects: readonly OwnedObject[], stack: string, state: State): readonly OwnedObject[] {
  const sensors = state.resources.filter(({ type }) => type === sensorType);
  const known = new Set(sensors.map(({ inputs }) => keyOf(inputs?.["backend"], inputs?.["instance"])));
  return objects.filter(({ identity }) => identity.stack === stack && !known.has(keyOf(identity.backend, identity.id)));
}

function keyOf(backend: unknown, id: unknown): string {
  return JSON.stringify([backend, id]);
}
