/** An S3 server of a test's own, on loopback, whose buckets are folders. It can be killed and started again on the same folder. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { s3ServerProgram } from "../../tools/test/s3-server-program";
import { until } from "../engine/support-outcome";
import { freePort } from "./free-port";
import { describeWithEngine, skipSaying } from "./sandbox";

const program = s3ServerProgram();

/** `describe` where an S3 server can be started; elsewhere the whole group is skipped, and says why. */
export const describeWithS3: jest.Describe =
  program === undefined
    ? skipSaying("there is no S3 server; `make test` builds it where Go and its modules are in reach")
    : describe;

/** `describe` where there are such a server and the real engine with Podman; elsewhere either reason skips it, and says why. */
export const describeWithEngineAndS3: jest.Describe =
  describeWithEngine === describe ? describeWithS3 : describeWithEngine;

/** The one bucket. */
const bucket = "infra-state";
const region = "fr-par-1";

/** The server's only key. */
const key = { AWS_ACCESS_KEY_ID: "test-key", AWS_SECRET_ACCESS_KEY: "test-secret-of-the-key" };

/** A server with one bucket. */
export class S3Server {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Starts one whose files are in this folder. */
  static async start(folder: string): Promise<S3Server> {
    mkdirSync(join(folder, "buckets", bucket), { recursive: true });
    const server = new S3Server(folder, await freePort());
    await server.startAgain();
    return server;
  }

  /** The bucket as `pulumi login` takes it. */
  get backendUrl(): string {
    const options = `s3ForcePathStyle=true&region=${region}&disableSSL=true`;
    return `s3://${bucket}?endpoint=127.0.0.1:${String(this.port)}&${options}`;
  }

  /** What a program needs to work on stacks in the bucket, their passphrase among it. */
  get variables(): Readonly<Record<string, string>> {
    return { ...key, PULUMI_BACKEND_URL: this.backendUrl, PULUMI_CONFIG_PASSPHRASE: "test" };
  }

  /** Where the bucket's objects are, a file each. */
  get bucketFolder(): string {
    return join(this.folder, "buckets", bucket);
  }

  /** Lets it stand still, with all its connections, until {@link goOn}. */
  pause(): void {
    this.process?.kill("SIGSTOP");
  }

  /** Takes back {@link pause}. */
  goOn(): void {
    this.process?.kill("SIGCONT");
  }

  /** Ends it at once, as a crash does; its connections are reset. */
  async kill(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const exit = once(process, "exit");
    process.kill("SIGKILL");
    await exit;
  }

  /** Starts it on the folder and the port that it had. */
  async startAgain(): Promise<void> {
    const log = join(this.folder, "s3-server.log");
    const output = openSync(log, "w");
    const address = ["--port", `127.0.0.1:${String(this.port)}`, "--region", region];
    const started = spawn(program!, [...address, "posix", join(this.folder, "buckets")], {
      stdio: ["ignore", output, output],
      env: { ...process.env, ROOT_ACCESS_KEY: key.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: key.AWS_SECRET_ACCESS_KEY },
    });
    closeSync(output);
    this.process = started;
    await until("the S3 server answers", async () => {
      if (started.exitCode !== null) throw new Error(`the S3 server ended: ${readFileSync(log, "utf8")}`);
      return await answers(this.port);
    });
  }
}

/** Any answer, also a refusal, is one. */
async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${String(port)}/`);
    return true;
  } catch {
    return false;
  }
}
