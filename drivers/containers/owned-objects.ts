/** Tells from containers alone what Groundwork made on a host. Pure. */

import type { OwnedObject } from "../../settings/instance-objects";
import { formatPort } from "../../settings/instance-spec";
import { label, parseListLabel } from "./container-labels";
import { previousName } from "./containers";
import { isRunning, limitsOf, portsOf, wasStarted, type InspectedContainer, type ReadingContext } from "./inspect";

/** The instances that these containers are, all of which carry our labels. */
export function ownedObjects(
  containers: readonly InspectedContainer[],
  backend: string,
  limits: ReadingContext["limits"],
): readonly OwnedObject[] {
  const byName = new Map(containers.map((container) => [container.Name, container]));
  // A recreation that was cut off may leave both: the successor is the instance once it ran.
  const counts = (container: InspectedContainer) => {
    const waiting = byName.get(previousName(container.Name));
    if (waiting !== undefined) return wasStarted(container);
    const successor = byName.get(nameOf(container));
    return successor === undefined || successor === container || !wasStarted(successor);
  };
  return containers.filter(counts).map((container) => ownedObject(container, backend, limits));
}

function ownedObject(container: InspectedContainer, backend: string, limits: ReadingContext["limits"]): OwnedObject {
  const labels = container.Config.Labels ?? {};
  const projectDirectory = labels[label.project];
  const automatic = parseListLabel(labels[label.automaticPorts]);
  return {
    identity: {
      host: labels["groundwork.host"] ?? "",
      stack: labels["groundwork.stack"] ?? "",
      id: labels["groundwork.id"] ?? "",
      name: nameOf(container),
      backend,
    },
    objectId: container.Id,
    running: isRunning(container),
    ...limitsOf(container, limits),
    ports: portsOf(container)
      .map((port) => ({ ...port, automatic: automatic.includes(formatPort(port)) }))
      .sort((left, right) => (formatPort(left) < formatPort(right) ? -1 : 1)),
    ...ownAddress(labels),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
  };
}

function ownAddress(labels: Record<string, string>): Pick<OwnedObject, "address"> {
  const address = labels[label.address];
  if (address === undefined) return {};
  return { address: { address, automatic: labels[label.automaticAddress] === "true" } };
}

/** The instance's name, also where its container waits for a successor. */
function nameOf({ Name }: InspectedContainer): string {
  const waiting = previousName("");
  return Name.endsWith(waiting) ? Name.slice(0, -waiting.length) : Name;
}
