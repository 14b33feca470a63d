/**
 * A Docker daemon of a test's own: in its own folder, and in a network and mount namespace of its own, so that neither
 * the host's firewall nor its mounts change, and all of it goes with the process.
 */

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import { dockerPath } from "../../tools/test/docker-programs";
import { until } from "../engine/support-outcome";
import { describeWithEngine, hostSetup, skipSaying } from "./sandbox";

/** `describe` where a daemon can be started; elsewhere the whole group is skipped, and says why. */
export const describeWithDocker: jest.Describe =
  process.getuid?.() !== 0
    ? skipSaying("a Docker daemon of the tests' own needs root")
    : dockerPath() === undefined
      ? skipSaying("there is no dockerd; `make test` fetches it where Debian's packages are in reach")
      : describeWithEngine;

/** A running daemon. */
export class DockerDaemon {
  /** What programs need in their environment to use it. */
  readonly environment: NodeJS.ProcessEnv;
  private readonly process: ChildProcess;
  private readonly log: string;

  private constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const at = (name: string) => join(folder, name);
    this.log = at("log");
    this.environment = { PATH: `${dockerPath() ?? ""}:${process.env["PATH"] ?? ""}`, DOCKER_HOST: `unix://${at("s")}` };
    const places = ["--host", `unix://${at("s")}`, "--data-root", at("data"), "--exec-root", at("exec")];
    const daemon = ["dockerd", ...places, "--pidfile", at("pid")];
    const output = openSync(this.log, "w");
    this.process = spawn(
      "unshare",
      ["--net", "--mount", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...daemon],
      { env: { ...process.env, ...this.environment }, stdio: ["ignore", output, output] },
    );
    closeSync(output);
  }

  /** Starts a daemon whose files are in this folder, and brings the default image to it. */
  static async start(folder: string): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(folder);
    try {
      await until("the Docker daemon answers", () => daemon.answers());
      await daemon.load(hostSetup?.image.name ?? "");
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return daemon;
  }

  private async answers(): Promise<boolean> {
    if (this.process.exitCode !== null)
      throw new Error(`dockerd ended: ${readFileSync(this.log, "utf8").slice(-2000)}`);
    return (await this.run("docker", "version")).exitCode === 0;
  }

  /** The image goes from Podman's store to this daemon's. */
  private async load(image: string): Promise<void> {
    const podman = hostSetup?.podman?.path ?? "podman";
    const { exitCode, stderr } = await this.run("sh", "-c", '"$1" save "$2" | docker load', "sh", podman, image);
    if (exitCode !== 0) throw new Error(`the image ${image} could not be loaded: ${stderr}`);
  }

  /** Runs `docker` and returns its trimmed output; fails the test when it did not succeed. */
  async docker(...parameters: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run("docker", ...parameters);
    if (exitCode !== 0) throw new Error(`docker ${parameters.join(" ")} ended with ${String(exitCode)}: ${stderr}`);
    return stdout.trim();
  }

  /** What a program prints that runs where the daemon publishes its ports. */
  async fromItsHost(program: string, ...parameters: string[]): Promise<string> {
    const { stdout } = await this.run("nsenter", "--target", String(this.process.pid), "--net", program, ...parameters);
    return stdout.trim();
  }

  private run(program: string, ...parameters: string[]) {
    return x(program, parameters, { nodeOptions: { env: { ...process.env, ...this.environment } } });
  }

  /** Removes every container, so that no process of one stays, and ends the daemon. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode !== null || !existsSync(this.log)) return;
    await this.run("sh", "-c", "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force");
    this.process.kill("SIGTERM");
    await ended;
  }
}
