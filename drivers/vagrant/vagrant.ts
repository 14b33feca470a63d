/** Runs Vagrant, which makes a machine from a box, and tells its stages. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GroundworkError, type ErrorCode } from "../../settings/errors";
import type { MachineBackend } from "../../settings/instance-spec";
import type { MachineFolder } from "./machine-folder";
import { failureOf, parseLine, stageOf, type VagrantFailure } from "./machine-readable";

/** How Vagrant is called. */
export interface VagrantOptions {
  /** The program's path. @default found on the PATH */
  readonly path?: string | undefined;
  readonly provider: MachineBackend;
  readonly environment: NodeJS.ProcessEnv;
  /** Called with each stage. */
  readonly onStage: (stage: string, doing: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is ended. */
  readonly limit: number;
}

/**
 * Brings the machine of this folder up. Ended by a signal, Vagrant removes what it made.
 *
 * @throws the error that Vagrant's failure means in the contract
 */
export async function vagrantUp(folder: MachineFolder, options: VagrantOptions): Promise<void> {
  // Without it Vagrant would take the Vagrantfile of a folder above.
  if (!existsSync(folder.vagrantfile)) throw new GroundworkError("ENGINE_FAILED", `${folder.vagrantfile} is gone`);
  const { exitCode, failure, stderr, isLate } = await runVagrant(folder, options);
  if (exitCode === 0) return;
  options.signal?.throwIfAborted();
  if (isLate) throw neverReady(options.limit);
  throw vagrantError(failure, stderr);
}

interface Ended {
  readonly exitCode: number;
  readonly failure: VagrantFailure | undefined;
  readonly stderr: string;
  /** It was ended because it took too long. */
  readonly isLate: boolean;
}

function runVagrant(folder: MachineFolder, options: VagrantOptions): Promise<Ended> {
  const { path = "vagrant", provider, environment, onStage, signal, limit } = options;
  const child = spawn(path, ["up", "--provider", provider, "--machine-readable"], {
    cwd: folder.path,
    env: {
      ...environment,
      VAGRANT_CWD: folder.path,
      VAGRANT_DOTFILE_PATH: folder.dotfiles,
      VAGRANT_VAGRANTFILE: "Vagrantfile",
      VAGRANT_CHECKPOINT_DISABLE: "1",
      LC_ALL: "C.UTF-8",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pidFile = pidFileOf(folder);
  if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
  const cancel = () => child.kill("SIGINT");
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cancel();
  }, limit);
  signal?.addEventListener("abort", cancel);
  return new Promise((resolve, reject) => {
    let failure: VagrantFailure | undefined;
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = parseLine(text);
      if (line === undefined) return;
      const told = stageOf(line);
      if (told !== undefined) onStage(told.stage, told.doing);
      failure = failureOf(line) ?? failure;
    });
    child.on("error", (cause) => reject(notInstalled(cause)));
    child.on("close", (code) => {
      clearTimeout(timer);
      rmSync(pidFile, { force: true });
      signal?.removeEventListener("abort", cancel);
      resolve({ exitCode: code ?? 1, failure, stderr, isLate });
    });
  });
}

function pidFileOf({ path }: MachineFolder): string {
  return join(path, "vagrant.pid");
}

/** A run that was killed may have left its Vagrant at work. */
export function endVagrant(folder: MachineFolder): void {
  const file = pidFileOf(folder);
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (readlinkSync(`/proc/${String(pid)}/cwd`) === folder.path) process.kill(pid, "SIGKILL");
  } catch {
    // It has ended, or never begun.
  }
  rmSync(file, { force: true });
}

function neverReady(limit: number): GroundworkError {
  return new GroundworkError(
    "SSH_CONNECTION_FAILED",
    `vagrant up was ended: the machine was not ready within ${String(limit / 1000)} seconds.`,
    { suggestion: "See that BOX boots and lets in by SSH, then run `vagrantp up` again." },
  );
}

function notInstalled(cause: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", "Vagrant could not be started.", {
    suggestion: "Install it (Debian: `sudo apt-get install vagrant`, and `vagrant-libvirt` for libvirt).",
    cause,
  });
}

/** What Vagrant's classes of errors, or its words, mean in the contract, first match wins. */
const meanings: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly suggestion?: string }[] = [
  {
    pattern: /BoxAddShortNotFound|BoxNotFound|Box.*could not be (found|downloaded)|DownloaderError/i,
    code: "CONFIG_INVALID",
    suggestion: "Correct BOX, or add the box on this host: `vagrant box add BOX --provider libvirt` (or virtualbox).",
  },
  {
    pattern: /no space left on device|BoxAddDiskFull/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion: "Free some space on the disk that holds libvirt's images (`df -h /var/lib/libvirt/images` shows it).",
  },
  {
    pattern: /VirtualBoxKernelModuleNotLoaded|VirtualBoxInstallIncomplete/,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: "Load VirtualBox's kernel module: `sudo /sbin/vboxconfig`.",
  },
  {
    pattern: /VirtualBoxInvalidVersion|VirtualBoxNotDetected|version of VirtualBox/,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion:
      "Install a VirtualBox that this Vagrant knows; `vagrant version` tells whether there is a newer Vagrant.",
  },
  {
    pattern:
      /provider 'libvirt' could not be found|ProviderNotFound|ProviderNotUsable|FogLibvirtConnectionError|failed to connect/i,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion:
      "Install Vagrant's plugin for libvirt (Debian: `apt-get install vagrant-libvirt`), and see that libvirtd runs.",
  },
  { pattern: /ForwardPortCollision/, code: "PORT_CONFLICT" },
  {
    pattern: /DomainNameExists|DomainVolumeExists|NetworkNameAndAddressMismatch|VMNameExists/i,
    code: "INFRA_EXISTS",
  },
  {
    pattern: /VMBootTimeout|SSHNotReady|SSHAuthenticationFailed|NoIpAddressError|timed out while waiting/i,
    code: "SSH_CONNECTION_FAILED",
    suggestion: "See that SSH_USER and SSH_KEY open the box, then run `vagrantp up` again.",
  },
];

/** The error of a run of Vagrant that failed. */
export function vagrantError(failure: VagrantFailure | undefined, stderr: string): GroundworkError {
  const text = `${failure?.kind ?? ""} ${failure?.message ?? ""} ${stderr}`;
  const meaning = meanings.find(({ pattern }) => pattern.test(text));
  const message = (failure?.message ?? "").split("\n").join(" ") || firstLine(stderr) || "it said nothing";
  return new GroundworkError(meaning?.code ?? "ENGINE_FAILED", `vagrant up failed: ${message}`, {
    details: { program: "vagrant", ...(failure === undefined ? {} : { kind: failure.kind }) },
    ...(meaning?.suggestion === undefined ? {} : { suggestion: meaning.suggestion }),
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
