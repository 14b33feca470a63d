import type { Target } from "../../../drivers/driver";
import {
  candidatesOf,
  describeForeign,
  inspectContainers,
  inspectWithImage,
  namesOf,
} from "../../../drivers/containers/containers";
import type { InspectedContainer } from "../../../drivers/containers/inspect";
import { ownerLabels } from "../../../settings/instance-properties";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakePodman } from "./fake-podman";
import { recordedContainer, recordingText } from "./recordings";
import { identity } from "./support";

const target: Target = { ...identity, objectId: "recorded-id" };
const ourLabels: Record<string, string> = { ...ownerLabels(identity) };
const othersLabels = { ...ourLabels, "groundwork.stack": "another" };

function container(Id: string, Name: string, Labels: Record<string, string> = {}): InspectedContainer {
  const recorded = recordedContainer("by-hand");
  return { ...recorded, Id, Name, Config: { ...recorded.Config, Labels } };
}

/** The ids of the candidates, for short. */
function sorted(containers: readonly InspectedContainer[], wanted: Target = target): Record<string, string> {
  const entries = Object.entries(candidatesOf(wanted, containers)) as [string, InspectedContainer][];
  return Object.fromEntries(entries.map(([role, { Id }]) => [role, Id]));
}

const name = identity.name;
const previous = `${name}.previous`;

describe("ours is", () => {
  test("nothing where nothing is there", () => {
    expect(sorted([])).toEqual({});
  });

  test.each([
    ["our labels", ourLabels],
    ["no labels", {}],
    ["another stack's labels", othersLabels],
  ])("the object whose id we recorded, with %s", (_what, labels) => {
    expect(sorted([container("recorded-id", name, labels)])).toEqual({ ours: "recorded-id" });
  });

  test("the object whose id we recorded, under another name", () => {
    expect(sorted([container("recorded-id", "renamed-by-hand")])).toEqual({ ours: "recorded-id" });
  });

  test("the object whose id we recorded, though it is described once for its id and once for its name", () => {
    const twice = [container("recorded-id", name), container("recorded-id", name)];
    expect(sorted(twice)).toEqual({ ours: "recorded-id" });
  });

  test("what has our name and all our labels, where nothing was recorded", () => {
    const unrecorded = { ...target, objectId: undefined };
    expect(sorted([container("new", name, ourLabels)], unrecorded)).toEqual({ ours: "new" });
  });

  test("what has our name and all our labels, where the recorded object is gone", () => {
    expect(sorted([container("by-hand", name, ourLabels)])).toEqual({ ours: "by-hand" });
  });

  test("not what has our labels under another name", () => {
    expect(sorted([container("copy", "a-copy", ourLabels)])).toEqual({});
  });
});

describe("someone else's is", () => {
  test.each([
    ["no labels", {}],
    ["another stack's labels", othersLabels],
    ["another host's labels", { ...ourLabels, "groundwork.host": "another" }],
    ["another id's labels", { ...ourLabels, "groundwork.id": "another" }],
    ["some of our labels", { "groundwork.host": identity.host, "groundwork.stack": identity.stack }],
  ])("what has our name and %s", (_what, labels) => {
    expect(sorted([container("theirs", name, labels)])).toEqual({ foreign: "theirs" });
  });

  test("what took our name while the recorded object has another", () => {
    const both = [container("recorded-id", "renamed-by-hand"), container("theirs", name)];
    expect(sorted(both)).toEqual({ ours: "recorded-id", foreign: "theirs" });
  });
});

describe("after a recreation that was cut off", () => {
  test("the recorded object, set aside, is ours where its successor never ran, which is left over", () => {
    const successor = container("successor", name, ourLabels);
    const unstarted = { ...successor, State: { ...successor.State, StartedAt: "0001-01-01T00:00:00Z" } };
    const both = [container("recorded-id", previous, ourLabels), unstarted];
    expect(sorted(both)).toEqual({ ours: "recorded-id", leftover: "successor" });
  });

  test("the successor is ours once it ran, for something may have been written in it", () => {
    const both = [container("recorded-id", previous, ourLabels), container("successor", name, ourLabels)];
    expect(sorted(both)).toEqual({ ours: "successor", leftover: "recorded-id" });
  });

  test("the recorded object, set aside, is ours where there is no successor", () => {
    expect(sorted([container("recorded-id", previous, ourLabels)])).toEqual({ ours: "recorded-id" });
  });

  test("the successor is ours where it was recorded, and the one set aside is left over", () => {
    const both = [container("recorded-id", name, ourLabels), container("old", previous, ourLabels)];
    expect(sorted(both)).toEqual({ ours: "recorded-id", leftover: "old" });
  });

  test("the successor is ours where nothing was recorded, and the one set aside is left over", () => {
    const both = [container("successor", name, ourLabels), container("old", previous, ourLabels)];
    expect(sorted(both, { ...target, objectId: undefined })).toEqual({ ours: "successor", leftover: "old" });
  });

  test("the one set aside is ours where nothing was recorded and there is no successor", () => {
    expect(sorted([container("old", previous, ourLabels)], { ...target, objectId: undefined })).toEqual({
      ours: "old",
    });
  });

  test("the one set aside is ours though someone took our name meanwhile", () => {
    const both = [container("recorded-id", previous, ourLabels), container("theirs", name)];
    expect(sorted(both)).toEqual({ ours: "recorded-id", foreign: "theirs" });
  });

  test.each([
    ["no labels", {}],
    ["another stack's labels", othersLabels],
  ])("the recorded object, set aside, is ours with %s", (_what, labels) => {
    expect(sorted([container("recorded-id", previous, labels)])).toEqual({ ours: "recorded-id" });
  });
});

describe.each([
  ["no labels", {}],
  ["another stack's labels", othersLabels],
])("a container of someone else under the waiting name, with %s,", (_what, labels) => {
  const theirs = container("theirs", previous, labels);

  test("is not ours where nothing else is there", () => {
    expect(sorted([theirs]).ours).toBeUndefined();
  });

  test("is not left over beside the recorded object", () => {
    expect(sorted([container("recorded-id", name, ourLabels), theirs]).leftover).toBeUndefined();
  });

  test("is not ours where our name is someone else's too", () => {
    expect(sorted([container("also-theirs", name), theirs]).ours).toBeUndefined();
  });
});

describe("what podman is asked for", () => {
  test("is the recorded id, the name, and the name that a predecessor waits under", () => {
    expect(namesOf(target)).toEqual(["recorded-id", name, previous]);
  });

  test("is the names alone where nothing was recorded", () => {
    expect(namesOf({ ...target, objectId: undefined })).toEqual([name, previous]);
  });
});

describe("a foreign container is described with its id, its image and its owner:", () => {
  const image = "localhost/groundwork/debian-python:12";

  test("not Groundwork's", () => {
    expect(describeForeign(container("0123456789abcdef", name))).toBe(
      `a container named "${name}" (0123456789ab, image ${image}) is there already and Groundwork did not make it`,
    );
  });

  test("another stack's", () => {
    expect(describeForeign(container("0123456789abcdef", name, othersLabels))).toBe(
      `a container named "${name}" (0123456789ab, image ${image}) is there already and it belongs to the stack "another"`,
    );
  });
});

describe("containers are described by one call", () => {
  const folder = useTemporaryFolder();

  test("that answers with those that are there when another is missing", async () => {
    const podman = fakePodman(folder(), {
      stdout: recordingText("one-missing.json"),
      stderr: recordingText("one-missing.txt"),
      status: 125,
    });
    const found = await inspectContainers(podman.process, ["created", "nowhere", "by-hand"]);
    expect([found.map(({ Name }) => Name), podman.calls()]).toEqual([
      ["created", "by-hand"],
      [["container", "inspect", "created", "nowhere", "by-hand"]],
    ]);
  });

  test("and by none where no name is asked for", async () => {
    const podman = fakePodman(folder(), { stdout: "[]" });
    expect([await inspectContainers(podman.process, []), podman.calls()]).toEqual([[], []]);
  });

  test("whose other failures are failures", async () => {
    const podman = fakePodman(folder(), { stdout: "[]", stderr: recordingText("no-connection.txt"), status: 125 });
    await expect(inspectContainers(podman.process, ["web"])).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE" });
  });

  // podman 4.3.1 takes a name that no container has for the beginning of an id: INFRA_ID=db, and two ids that begin with db.
  test("that answers although a name is also the beginning of two ids", async () => {
    const podman = fakePodman(folder(), {
      stdout: "[]",
      stderr: "Error: more than one result for container ID db: container already exists\n",
      status: 125,
    });
    await expect(inspectContainers(podman.process, ["db", "db.previous"])).resolves.toEqual([]);
  });
});

describe("containers and an image are described by one call", () => {
  const folder = useTemporaryFolder();
  const image = { Id: "image-id", RootFS: { Layers: ["one"] } };
  const containers = JSON.parse(recordingText("by-hand.json")) as readonly { readonly Id: string }[];
  const missing = (name: string) => `Error: inspecting object: no such object: "${name}"\n`;

  test("that tells them apart", async () => {
    const podman = fakePodman(folder(), { stdout: JSON.stringify([image, ...containers]) });
    const found = await inspectWithImage(podman.process, ["web"], "debian:12");
    expect(found.containers.map(({ Id }) => Id)).toEqual(containers.map(({ Id }) => Id));
    expect(found.image).toMatchObject({ id: "image-id", layers: 1 });
    expect(podman.calls()).toHaveLength(1);
  });

  test.each([missing("debian:12"), "Error: No such object: debian:12\n"])(
    "that takes no image with an instance's name for one that is missing: %j",
    async (stderr) => {
      const podman = fakePodman(folder(), { stdout: JSON.stringify([image]), stderr, status: 125 });
      expect((await inspectWithImage(podman.process, ["web"], "debian:12")).image).toBeUndefined();
    },
  );

  test("that takes no container with the image's name for the image", async () => {
    const podman = fakePodman(folder(), { stdout: JSON.stringify([...containers, image]) });
    expect((await inspectWithImage(podman.process, ["web"], "debian:12")).image).toBeUndefined();
  });
});
