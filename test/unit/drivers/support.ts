/** Instances to vary in the tests of drivers and plugin. */
import type { DesiredInstance } from "../../../drivers/driver";
import {
  promisedProperties,
  type InstanceIdentity,
  type InstanceProperties,
} from "../../../settings/instance-properties";
import type { InstanceSpec, LeasedPort } from "../../../settings/instance-spec";
import { stackNetwork } from "../../../settings/stack-network";

export const identity: InstanceIdentity = {
  host: "0123456789ab",
  stack: "web-1a2b3c",
  id: "web",
  name: "web-1a2b3c",
  backend: "podman",
};

export function instanceSpec(over: Partial<InstanceSpec> = {}): InstanceSpec {
  return {
    id: "web",
    name: "web-1a2b3c",
    type: "container",
    backend: "podman",
    memoryMiB: 512,
    cpus: 1.5,
    image: "docker.io/library/debian:12",
    command: [],
    ports: [],
    volumes: [],
    environment: {},
    power: "running",
    networkMode: "default",
    ...over,
  };
}

export function desiredInstance(over: Partial<InstanceSpec> = {}, ports: readonly LeasedPort[] = []): DesiredInstance {
  const spec = instanceSpec(over);
  const network = stackNetwork(identity.stack, "10.192.7.0/24");
  const properties = promisedProperties(spec, identity, { ports, network }, "digest");
  return { identity, spec, ports, network, properties };
}

export function instanceProperties(over: Partial<InstanceProperties> = {}): InstanceProperties {
  return { ...desiredInstance().properties, ...over };
}
