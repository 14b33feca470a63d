/** Cloud images in an `.env` and in stack config: what they mean together with their checksum and packages. */

import { parse as parseYaml } from "yaml";
import { parseStack } from "../../../settings/stack";
import { refusalOf } from "../../support/refusal";
import { context, mistakesIn, specOf } from "./support";

const sum = `sha256:${"0a".repeat(32)}`;
const address = "https://example.org/debian.qcow2";

test.each([
  [`BOX=${address}\nBOX_CHECKSUM=${sum}`, `${address}#${sum}`],
  [`BOX=${address}\nBOX_CHECKSUM=${sum}\nBOX_PACKAGES=git,docker`, `${address}#${sum}&packages:docker,git`],
  ["BOX=images/debian.qcow2", "/srv/projects/my-app/images/debian.qcow2"],
  ["BOX=~/debian.img\nBOX_PACKAGES=git", "/home/ada/debian.img#packages:git"],
])("a machine is made from what %s says", (text, image) => {
  expect(specOf(`INFRA_TYPE=vm\n${text}`).image).toBe(image);
});

const unverified =
  "is downloaded, and nothing says what must arrive; allowed: a line with its checksum too, as it is published beside the image: BOX_CHECKSUM=sha256:….";
const forImages = (hint: string) => `is for a cloud image in BOX (${hint}); allowed: no such line for another box.`;

test.each([
  [`BOX=${address}`, `line 2: BOX: "${address}" ${unverified}`],
  [`BOX=debian/bookworm64\nBOX_CHECKSUM=${sum}`, `line 3: BOX_CHECKSUM: ${forImages("a Vagrant box carries its own")}`],
  ["BOX_PACKAGES=git", `line 2: BOX_PACKAGES: ${forImages("a playbook sets up what a Vagrant box lacks")}`],
  [
    "PROVIDER=virtualbox\nBOX=debian.qcow2",
    'line 3: BOX: "debian.qcow2" is a cloud image, which runs on libvirt alone; allowed: a Vagrant box, or PROVIDER=libvirt.',
  ],
])("what does not go together is refused: %s", (text, mistake) => {
  const told = mistakesIn(`INFRA_TYPE=vm\n${text}`);
  expect(told).toEqual([mistake.replace('"debian.qcow2"', '"/srv/projects/my-app/debian.qcow2"')]);
});

test("an image that is not on this host is refused where it is written", () => {
  const [told] = mistakesIn("INFRA_TYPE=vm\nBOX=debian.qcow2", { pathExists: () => false });
  expect(told).toContain('BOX: "debian.qcow2" leads to "/srv/projects/my-app/debian.qcow2", which does not exist');
});

test("an address that ends with anything else is refused: what Vagrant downloads, it asks for by name", () => {
  expect(mistakesIn("INFRA_TYPE=vm\nBOX=https://example.org/debian.box")).toEqual([
    expect.stringContaining("is not the address of a cloud image"),
  ]);
});

test("a container's checksum is part of its image's name", () => {
  expect(mistakesIn(`BOX_CHECKSUM=${sum}`)).toEqual([
    "line 1: BOX_CHECKSUM: is for virtual machines (a digest is part of an IMAGE's name); allowed: no such line for a container.",
  ]);
});

describe("a shared stack", () => {
  const parse = (instance: string) =>
    parseStack(parseYaml(`{kind: instances, instances: {web: {type: vm, ${instance}}}}`), {
      ...context,
      stack: "dev",
    });

  test("says the same in its own words", () => {
    expect(parse(`box: "${address}", boxChecksum: "${sum}", boxPackages: [docker]`)).toMatchObject({
      instances: [{ image: `${address}#${sum}&packages:docker` }],
    });
  });

  test("is refused for the same, by its keys", () => {
    const { violations } = refusalOf(() => parse(`box: "${address}"`));
    expect(violations.map(({ key }) => key)).toEqual(["instances.web.box"]);
  });
});
