/** cloud-init's own validator on what we give to cloud-init. `make test` fetches it from Debian's package. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedFiles } from "../../drivers/cloud-init/seed-files";
import { imagePackages } from "../../settings/cloud-image";
import { cloudInitProgram } from "../../tools/test/cloud-init-program";

jest.setTimeout(60_000);

const cloudInit = cloudInitProgram();
if (cloudInit === undefined) process.stderr.write("skipped: cloud-init, which validates, was not fetched\n");
const testWithCloudInit = cloudInit === undefined ? test.skip : test;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-schema-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The first line is the template's; filled in, what is left is what an instance reads. */
function filledIn(userData: string): string {
  return userData.replace(/^## template: jinja\n/, "").replaceAll("{{ v1.distro }}", "debian");
}

function validate(userData: string): string {
  const file = join(folder, "user-data");
  writeFileSync(file, userData);
  const { path, environment } = cloudInit ?? { path: "", environment: {} };
  const env = { ...process.env, ...environment };
  const { stdout, stderr } = spawnSync(path, ["schema", "--config-file", file], { encoding: "utf8", env });
  return `${stdout}${stderr}`.trim();
}

const users = [{ name: "ada", sshKeys: ["ssh-ed25519 AAAAC3Nza"] }];
const start = { hostname: "web", instanceId: "web-1f2e3d", users };

testWithCloudInit("cloud-init accepts an instance without packages", () => {
  expect(validate(filledIn(seedFiles({ ...start, packages: [] })["user-data"]))).toMatch(/^Valid cloud-config: /);
});

testWithCloudInit("cloud-init accepts an instance with every package", () => {
  const packages = imagePackages;
  expect(validate(filledIn(seedFiles({ ...start, packages })["user-data"]))).toMatch(/^Valid cloud-config: /);
});

testWithCloudInit("cloud-init refuses what is no cloud-config, so that the tests above can fail", () => {
  expect(validate("#cloud-config\nusers: 3\n")).toContain("users: 3 is not");
});
