/** How a machine is reached: OpenSSH with a configuration of the machine's own. */

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { x } from "tinyexec";
import { GroundworkError } from "../../settings/errors";
import { isPrivate } from "../../settings/env-file";
import type { Login } from "../../settings/instance-spec";
import type { DesiredInstance, LogOptions } from "../driver";
import type { MachineFolder } from "./machine-folder";
import { shell } from "./vagrantfile";

/** Where the variables of login sessions stand inside. */
const profile = "/etc/profile.d/groundwork.sh";

/** Who logs in; the settings give every machine a login. */
export function loginOf({ spec }: DesiredInstance): Login {
  return spec.login ?? { user: "vagrant" };
}

/** Writes what `ssh -F` reads. */
export function writeSshConfig(folder: MachineFolder, address: string, { user, keyFile }: Login, port = 22): void {
  const options = [
    `HostName ${address}`,
    `Port ${String(port)}`,
    `User ${user}`,
    `IdentityFile "${keyFile ?? folder.key}"`,
    "IdentitiesOnly yes",
    `UserKnownHostsFile "${folder.knownHosts}"`,
    "GlobalKnownHostsFile /dev/null",
    "StrictHostKeyChecking accept-new",
    "LogLevel ERROR",
    "ConnectTimeout 30",
    "ServerAliveInterval 15",
    "ServerAliveCountMax 4",
  ];
  writeFileSync(folder.sshConfig, `Host *\n${options.map((line) => `  ${line}\n`).join("")}`, { mode: 0o600 });
}

/**
 * The public half of the key that opens the machine; the pair is made where the user gave none.
 *
 * @throws CONFIG_INVALID where the user's key is open to others, or cannot be read without its passphrase
 */
export async function publicKeyOf(folder: MachineFolder, { keyFile }: Login): Promise<string> {
  if (keyFile !== undefined) return readPublicKey(keyFile);
  if (!existsSync(`${folder.key}.pub`)) {
    rmSync(folder.key, { force: true });
    await x("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "groundwork", "-f", folder.key], {
      throwOnError: true,
    });
    chmodSync(folder.key, 0o600);
  }
  return readFileSync(`${folder.key}.pub`, "utf8").trim();
}

async function readPublicKey(keyFile: string): Promise<string> {
  const refuse = (what: string, suggestion: string) =>
    new GroundworkError("CONFIG_INVALID", `The key ${keyFile} ${what}.`, { details: { path: keyFile }, suggestion });
  if (!existsSync(keyFile)) throw refuse("does not exist", "Correct SSH_KEY, or remove it: then a key is made.");
  if (!isPrivate(keyFile)) throw refuse("may be read by others", `Run \`chmod 600 ${keyFile}\`.`);
  if (existsSync(`${keyFile}.pub`)) return readFileSync(`${keyFile}.pub`, "utf8").trim();
  const { exitCode, stdout } = await x("ssh-keygen", ["-y", "-P", "", "-f", keyFile]);
  if (exitCode === 0) return stdout.trim();
  throw refuse("is no private key that can be read", `Put its public half beside it, as ${keyFile}.pub.`);
}

/** The program and arguments that run `command` inside, or a login shell when it is empty. */
export function sshCommand(
  folder: MachineFolder,
  name: string,
  command: readonly string[],
  terminal: boolean,
): string[] {
  const inside = command.map(shell).join(" ");
  const remote = command.length === 0 ? [] : [`if [ -r ${profile} ]; then . ${profile}; fi; exec ${inside}`];
  return ["ssh", "-F", folder.sshConfig, ...(terminal ? ["-t"] : []), name, ...remote];
}

/** The program and arguments that print the journal inside. */
export function journalCommand({ follow, tail, since, timestamps }: LogOptions): readonly string[] {
  return [
    ...["sudo", "journalctl", "--no-pager", "--quiet"],
    ...(timestamps ? ["--output", "short-iso"] : ["--output", "cat"]),
    ...(follow ? ["--follow"] : []),
    ...(tail === undefined ? [] : ["--lines", String(tail)]),
    ...(since === undefined ? [] : ["--since", /^\d+[smhd]/.test(since) ? `-${since}` : since]),
  ];
}

/** Runs a line of shell inside, with this text as its standard input. @throws SSH_CONNECTION_FAILED when it fails */
export async function runInside(folder: MachineFolder, name: string, line: string, stdin = ""): Promise<string> {
  const running = x("ssh", ["-F", folder.sshConfig, "-o", "BatchMode=yes", name, line], { stdin });
  // One that ends before it has read all is told by how it ended.
  running.process?.stdin?.on("error", () => undefined);
  const { exitCode, stdout, stderr } = await running;
  if (exitCode === 0) return stdout;
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  throw new GroundworkError("SSH_CONNECTION_FAILED", `${name}: ssh failed with status ${String(exitCode)}: ${reason}`);
}

/**
 * Waits until the machine lets us in.
 *
 * @throws SSH_CONNECTION_FAILED when that takes longer
 */
export async function waitForSsh(
  folder: MachineFolder,
  name: string,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const options = ["-F", folder.sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"];
  for (;;) {
    signal?.throwIfAborted();
    const { exitCode, stderr } = await x("ssh", [...options, name, "true"]);
    if (exitCode === 0) return;
    if (performance.now() > end) {
      const reason = stderr.trim().split("\n").at(-1) ?? "";
      throw new GroundworkError(
        "SSH_CONNECTION_FAILED",
        `${name} has not let us in by SSH within ${String(seconds)} seconds: ${reason}`,
        {
          suggestion: `Look at its console with \`virsh -c qemu:///system console ${name}\`, then run \`vagrantp up\` again.`,
        },
      );
    }
    await wait(500, undefined, { signal });
  }
}

/** Sets the variables of login sessions. Their values go by standard input. */
export async function writeEnvironment(
  folder: MachineFolder,
  name: string,
  { user }: Login,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(environment).map(([variable, value]) => `export ${variable}=${shell(value)}\n`);
  const write = `umask 077; cat > ${profile}; chown ${user} ${profile}`;
  await runInside(folder, name, `sudo sh -c ${shell(write)}`, lines.join(""));
}
