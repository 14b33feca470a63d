import { parseInspect, type InspectedContainer } from "../../../drivers/containers/inspect";
import { ownedObjects } from "../../../drivers/containers/owned-objects";
import { ownerLabels } from "../../../settings/instance-properties";
import { recordingText } from "./recordings";
import { identity } from "./support";

const [recorded] = parseInspect(recordingText("running.json")) as [InspectedContainer];

function container(name: string, labels: Record<string, string> = {}): InspectedContainer {
  return { ...recorded, Name: name, Config: { ...recorded.Config, Labels: { ...ownerLabels(identity), ...labels } } };
}

const list = (...containers: InspectedContainer[]) =>
  ownedObjects(containers, "podman", () => ({ memoryMiB: 640, cpus: 2 }));

test("a container of ours is told with its identity, limits and ports", () => {
  expect(list(container(identity.name))).toEqual([
    {
      identity,
      objectId: recorded.Id,
      running: true,
      memoryMiB: 640,
      cpus: 2,
      ports: [
        { address: "0.0.0.0", host: 28110, inside: 81, protocol: "tcp", automatic: false },
        { address: "127.0.0.1", host: 28109, inside: 80, protocol: "tcp", automatic: false },
      ],
    },
  ]);
});

test("a port that was chosen for the user is told as that", () => {
  const [object] = list(container(identity.name, { "groundwork.automatic-ports": "127.0.0.1:28109:80/tcp" }));
  expect(object?.ports.map(({ host, automatic }) => [host, automatic])).toEqual([
    [28110, false],
    [28109, true],
  ]);
});

test("the project's directory is told where there is one", () => {
  const [object] = list(container(identity.name, { "groundwork.project": "/srv/web" }));
  expect(object?.projectDirectory).toBe("/srv/web");
});

test("one that stands still has the limits that it was made with", () => {
  const stopped = { ...container(identity.name), State: { ...recorded.State, Running: false } };
  expect(list(stopped)).toMatchObject([{ running: false, memoryMiB: 512, cpus: 1.5 }]);
});

test("one that waits for a successor is the instance, under its own name, where there is none", () => {
  expect(list(container(`${identity.name}.previous`))).toMatchObject([{ identity }]);
});

test("one that waits for a successor is not told beside it", () => {
  const successor = { ...container(identity.name), Id: "successor" };
  const objects = list(container(`${identity.name}.previous`), successor);
  expect(objects.map(({ objectId }) => objectId)).toEqual(["successor"]);
});
