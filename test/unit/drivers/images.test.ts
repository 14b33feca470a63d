import { localImage } from "../../../drivers/containers/images";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakePodman } from "./fake-podman";

const folder = useTemporaryFolder();

test("an image that cannot be looked at for want of room is not taken for one that is missing", async () => {
  const stderr = "Error: write /tmp/446707682: no space left on device\n";
  const podman = fakePodman(folder(), { stdout: "[]\n", stderr, status: 125 });
  await expect(localImage(podman.process, "debian:12")).rejects.toMatchObject({
    code: "INSUFFICIENT_RESOURCES",
    message: "podman image failed with status 125: write /tmp/446707682: no space left on device",
  });
  expect(podman.calls()).toEqual([["image", "inspect", "debian:12"]]);
});

test.each(["Error: inspecting object: debian:12: image not known", "Error: No such image: debian:12"])(
  "an image of which it is said %j is pulled",
  async (stderr) => {
    const podman = fakePodman(folder(), { stderr, status: 125 });
    await expect(localImage(podman.process, "debian:12")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(podman.calls()[1]).toEqual(["pull", "--quiet", "debian:12"]);
  },
);
