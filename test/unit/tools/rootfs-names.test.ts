import { baseHash, diskHash, boxName, imageName } from "../../../tools/rootfs/names";

const release = { id: "debian", version: "12", suite: "bookworm", architecture: "amd64" };
const recipe = [
  { path: "box.sh", text: "make" },
  { path: "box/packages", text: "sudo\n" },
];

describe("the name of what the recipe makes", () => {
  test("stays while the recipe stays, in whatever order its files are found", () => {
    expect(diskHash("base", [...recipe].reverse())).toBe(diskHash("base", recipe));
  });

  test.each([
    ["a file's content", [recipe[0]!, { path: "box/packages", text: "sudo\nrsync\n" }]],
    ["a file's name", [recipe[0]!, { path: "box/package", text: "sudo\n" }]],
    ["a file more", [...recipe, { path: "box/x", text: "" }]],
    ["where one file ends and the next begins", [{ path: "box.sh", text: "makesudo\n" }, recipe[1]!]],
  ])("changes with %s", (_what, changed) => {
    expect(diskHash("base", changed)).not.toBe(diskHash("base", recipe));
  });

  test("changes with the base, which the box stands on", () => {
    expect(diskHash("base", recipe)).not.toBe(diskHash("other", recipe));
  });

  test.each([{ version: "13" }, { suite: "trixie" }, { architecture: "arm64" }, { id: "ubuntu" }])(
    "changes with the release: %j",
    (change) => {
      expect(baseHash({ ...release, ...change }, recipe)).not.toBe(baseHash(release, recipe));
    },
  );

  test("is a container image that no registry is asked for", () => {
    expect(imageName("0123456789ab")).toBe("localhost/groundwork/rootfs:0123456789ab");
  });

  test("is a box that tells its release", () => {
    expect(boxName(release, "0123456789ab")).toBe("groundwork-debian12-0123456789ab");
  });
});
