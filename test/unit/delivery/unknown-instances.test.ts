/** Instances that a state does not know. */

import { unknownOf } from "../../../delivery/checkpoints/unknown-instances";
import type { OwnedObject } from "../../../settings/instance-objects";

const object = (id: string, stack = "dev", backend = "podman") =>
  ({ identity: { host: "h", stack, id, name: id, backend }, objectId: id, ports: [] }) as unknown as OwnedObject;
const sensor = (instance: string, backend = "podman") => ({
  urn: `urn:${instance}`,
  type: "groundwork:index:LiveState",
  inputs: { stack: "dev", backend, instance },
});

test("are those of the stack that none of its sensors looks at", () => {
  const objects = [object("web"), object("worker"), object("other", "sandbox")];
  expect(unknownOf(objects, "dev", { resources: [sensor("web")] })).toEqual([object("worker")]);
});

test("are told by their backend too", () => {
  expect(unknownOf([object("web", "dev", "docker")], "dev", { resources: [sensor("web")] })).toHaveLength(1);
});
