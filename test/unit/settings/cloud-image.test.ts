/** Which texts mean a cloud image, its checksum and its packages. */

import {
  formatCloudImage,
  isCloudImage,
  parseChecksum,
  parseImagePackages,
  readCloudImage,
} from "../../../settings/cloud-image";

const sha256 = "0".repeat(63) + "a";
const sha512 = "0".repeat(127) + "b";

test.each([
  "/srv/images/debian.qcow2",
  "/srv/images/Debian.QCOW2",
  "https://example.org/noble-server-cloudimg-amd64.img",
  "https://example.org/debian.qcow2?download=1",
])("%s names a cloud image", (box) => {
  expect(isCloudImage(box)).toBe(true);
});

test.each(["debian/bookworm64", "groundwork/debian", "https://example.org/debian.box"])(
  "%s names no cloud image",
  (box) => {
    expect(isCloudImage(box)).toBe(false);
  },
);

test.each([
  [`sha256:${sha256}`, { algorithm: "sha256", hex: sha256 }],
  [`SHA512:${sha512.toUpperCase()}`, { algorithm: "sha512", hex: sha512 }],
])("the checksum %s is read", (text, value) => {
  expect(parseChecksum(text)).toEqual({ ok: true, value });
});

test.each([
  [sha256, `"${sha256}" is not a checksum`],
  [`md5:${"0".repeat(32)}`, `"md5:${"0".repeat(32)}" is not a checksum`],
  ["sha256:abc", '"sha256:abc" has 3 digits'],
])("the checksum %s is refused", (text, message) => {
  const allowed = "sha256: and 64 hexadecimal digits, or sha512: and 128";
  const problems = [expect.objectContaining({ message: `${message}; allowed: ${allowed}.` })];
  expect(parseChecksum(text)).toEqual({ ok: false, problems });
});

test.each([
  { source: "/srv/debian.qcow2", checksum: undefined, packages: [] },
  { source: "/srv/debian.qcow2", checksum: undefined, packages: ["git"] },
  { source: "https://example.org/debian.qcow2", checksum: { algorithm: "sha512", hex: sha512 }, packages: [] },
  {
    source: "/srv/issue#1/debian.qcow2",
    checksum: { algorithm: "sha256", hex: sha256 },
    packages: ["docker", "git"],
  },
] as const)("the text of a cloud image is read back: $source", (image) => {
  expect(readCloudImage(formatCloudImage(image))).toEqual(image);
});

test("the name of a box is read as no cloud image", () => {
  expect(readCloudImage("debian/bookworm64")).toBeUndefined();
});

test("packages are told once, in one order, however they are listed", () => {
  expect(parseImagePackages(["python", "docker", "python"])).toEqual({ ok: true, value: ["docker", "python"] });
});

test("every unknown package is refused", () => {
  const parsed = parseImagePackages(["docker", "ruby", "perl"]);
  expect(parsed.ok ? [] : parsed.problems.map(({ got }) => got)).toEqual(["ruby", "perl"]);
});
