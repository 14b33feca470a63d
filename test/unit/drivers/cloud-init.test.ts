/** The seed that cloud-init reads, as text. That cloud-init accepts it is shown by its own validator and by a real start. */

import { createHash } from "node:crypto";
import { parse } from "yaml";
import { packageSources } from "../../../drivers/cloud-init/package-sources";
import { seedFiles, type FirstStart } from "../../../drivers/cloud-init/seed-files";

const start: FirstStart = {
  hostname: "web",
  instanceId: "web-1f2e3d",
  users: [{ name: "ada", sshKeys: ["ssh-ed25519 AAAAC3Nza ada@{{ host }}\n"] }],
  packages: [],
};

function userData(changes: Partial<FirstStart> = {}): Record<string, unknown> {
  return parse(seedFiles({ ...start, ...changes })["user-data"]) as Record<string, unknown>;
}

test("user-data begins with the words by which cloud-init knows a template and a cloud-config", () => {
  expect(seedFiles(start)["user-data"]).toMatch(/^## template: jinja\n#cloud-config\n/);
});

test("meta-data tells the instance from others and names it", () => {
  expect(parse(seedFiles(start)["meta-data"])).toEqual({ "instance-id": "web-1f2e3d", "local-hostname": "web" });
});

test("a user logs in by key alone, and becomes root without a password", () => {
  expect(userData()).toMatchObject({
    ssh_pwauth: false,
    disable_root: true,
    users: [{ name: "ada", lock_passwd: true, sudo: "ALL=(ALL) NOPASSWD:ALL" }],
  });
});

test("a key's comment is left out: in a template its braces would mean something", () => {
  expect(userData()).toMatchObject({ users: [{ ssh_authorized_keys: ["ssh-ed25519 AAAAC3Nza"] }] });
});

test("a key is one line, however long", () => {
  const key = `ssh-rsa ${"A".repeat(700)}`;
  expect(seedFiles({ ...start, users: [{ name: "ada", sshKeys: [key] }] })["user-data"]).toContain(key);
});

test("the root file system grows to the disk", () => {
  expect(userData()).toMatchObject({ growpart: { mode: "auto", devices: ["/"] }, resize_rootfs: true });
});

test("without packages nothing is fetched", () => {
  expect(Object.keys(userData())).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(apt|package)/)]));
});

test("packages of the distribution need no other source", () => {
  const data = userData({ packages: ["git", "python"] });
  expect(data["packages"]).toEqual(["git", "python3", "python3-venv", "python3-pip"]);
  expect(data).not.toHaveProperty("apt");
});

test("a package of another source is trusted by that source's key alone", () => {
  expect(userData({ packages: ["nodejs"] })).toMatchObject({
    write_files: [{ path: "/etc/apt/keyrings/nodesource.asc", content: packageSources.nodejs.source?.key }],
    apt: {
      sources: {
        "nodesource.list": {
          source: expect.stringMatching(/^deb \[signed-by=\/etc\/apt\/keyrings\/nodesource\.asc\] https:/) as string,
        },
      },
    },
  });
});

test("who logs in may use Docker", () => {
  expect(userData({ packages: ["docker"] })).toMatchObject({
    groups: ["docker"],
    users: [{ groups: ["sudo", "docker"] }],
  });
});

test("Docker comes from the directory of the distribution that the image is", () => {
  const text = seedFiles({ ...start, packages: ["docker"] })["user-data"];
  expect(text).toContain("/linux/{{ v1.distro }} $RELEASE stable");
});

const sources = Object.values(packageSources).flatMap(({ source }) => source ?? []);

test.each(sources)("the key of $name is the one whose fingerprint is written", ({ key, fingerprint }) => {
  expect(fingerprintOf(key)).toBe(fingerprint);
});

/** The fingerprint of an armoured OpenPGP key, version 4: RFC 4880, 12.2. Its first packet is the public key. */
function fingerprintOf(armoured: string): string {
  const lines = armoured.split("\n").filter((line) => line !== "" && !/^(-----|=)/.test(line));
  const bytes = Buffer.from(lines.join(""), "base64");
  const bodyStart = 3;
  // 0x99: an old-format packet of a public key, whose length takes two bytes.
  expect(bytes[0]).toBe(0x99);
  const packet = bytes.subarray(0, bodyStart + bytes.readUInt16BE(1));
  return createHash("sha1").update(packet).digest("hex").toUpperCase();
}
