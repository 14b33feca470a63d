/** An S3 server for the tests: versitygw from its Go module, built once and kept in the cache. It refuses wrong keys. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { makeOnce } from "../rootfs/make-once";
import { runStage, say } from "../setup/processes";

const version = "v1.8.0";

/** The program's path; undefined where it was not built. */
export function s3ServerProgram(): string | undefined {
  const program = join(folderOf(), "versitygw");
  return existsSync(program) ? program : undefined;
}

/** Builds it unless it is there: some minutes, once. Says in a line why it is not there, where that cannot be. */
export async function buildS3Server(): Promise<void> {
  try {
    await makeOnce({ what: "the S3 server of the tests", folder: folderOf(), roomMiB: 2048, root: [], make: build });
  } catch (error) {
    say(`S3 server: not there for the tests: ${messageOf(error)}`);
  }
}

function folderOf(): string {
  return join(cacheFolder(), "s3-server", version);
}

async function build(draft: string): Promise<void> {
  const program = `github.com/versity/versitygw/cmd/versitygw@${version}`;
  const options = ["-v", "-trimpath", "-ldflags", "-s -w"];
  await runStage("S3 server: building it", "go", ["install", ...options, program], { env: { GOBIN: draft } });
}
