/** Pulumi's own release of the engine. */

import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../../settings/errors";
import { downloadFile, downloadText } from "./download";
import { run, say } from "./processes";

/** The name of a release archive; Pulumi uses Node's names of systems and processors. */
function archiveName(version: string, platform: string = process.platform, arch: string = process.arch): string {
  return `pulumi-v${version}-${platform}-${arch}.tar.gz`;
}

/** The SHA-256 that a checksums file (`HASH  NAME` lines) gives for a file. */
function findChecksum(checksums: string, name: string): string | undefined {
  return checksums
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1] === name)?.[0];
}

/**
 * Downloads the engine of this version into a folder: `pulumi` and its language hosts.
 *
 * Addresses: the installation script `get.pulumi.com/install.sh`, and the release page of the same version.
 *
 * @throws Error when it is out of reach or its checksum differs
 */
export async function downloadEngine(bin: string, version: string): Promise<void> {
  const name = archiveName(version);
  const archive = join(bin, name);
  await downloadFile(`engine: downloading Pulumi ${version}`, `https://get.pulumi.com/releases/sdk/${name}`, archive);
  await verify(archive, name, version);
  await run("tar", ["-xzf", archive, "-C", bin, "--strip-components=1"]);
  rmSync(archive);
}

async function verify(archive: string, name: string, version: string): Promise<void> {
  const expected = await publishedChecksum(name, version);
  if (expected === undefined) return;
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive), hash);
  const got = hash.digest("hex");
  if (got !== expected) throw new Error(`${name} has the checksum ${got} instead of ${expected}`);
}

/** The published checksum; undefined, with a line that says so, where the release page is out of reach. */
async function publishedChecksum(name: string, version: string): Promise<string | undefined> {
  const address = `https://github.com/pulumi/pulumi/releases/download/v${version}/pulumi-${version}-checksums.txt`;
  try {
    return findChecksum(await downloadText(address), name);
  } catch (error) {
    say(`engine: the checksum could not be compared: ${messageOf(error)}`);
    return undefined;
  }
}
