/** What a playbook is made of, so that a run with the same can be skipped. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import { GroundworkError } from "../settings/errors";
import type { Provisioning } from "../settings/provisioning";

/** The folders beside a playbook that Ansible searches by itself. */
const searched = [
  ...["roles", "tasks", "handlers", "files", "templates", "vars", "defaults", "meta", "group_vars", "host_vars"],
  ...["library", "module_utils", "filter_plugins", "lookup_plugins", "action_plugins", "test_plugins", "collections"],
];

/** What Ansible reads beside a playbook without being told. */
const besides = ["ansible.cfg", "requirements.yml", "requirements.yaml"];

/** Files that may name others. */
const naming = new Set([".yml", ".yaml"]);

const mostFiles = 2000;
const mostBytes = 64 * 1024 * 1024;

/**
 * The digests of all that a playbook is made of, by path: what Ansible reads beside it by itself (`roles/`, `templates/`,
 * `ansible.cfg` and so on), every other file or folder below its own that its YAML names by a relative path, and the
 * file of variables. A path that is put together while the playbook runs is not seen.
 *
 * @returns SHA-256 in hexadecimal, by the path relative to the playbook's folder
 * @throws CONFIG_INVALID when there is more than 2000 files or 64 MiB of it
 */
export function playbookContent({
  playbook,
  varsFile,
}: Pick<Provisioning, "playbook" | "varsFile">): Record<string, string> {
  const folder = dirname(playbook);
  const content = new Content(folder);
  content.addFile(playbook);
  for (const name of [...besides, ...searched]) content.add(join(folder, name));
  if (varsFile !== undefined) content.addFile(varsFile);
  return Object.fromEntries([...content.digests].sort());
}

/** What the digest of a playbook is made by. */
export interface DigestOptions {
  /** A digest of texts by name, by this host's key. */
  readonly digest: (texts: Readonly<Record<string, string>>) => string;
  /** The version of Ansible. @default not known */
  readonly version?: string | undefined;
}

/** One digest of {@link playbookContent}, the variables and the version of Ansible: equal ones need no second run. */
export function playbookDigest(provisioning: Provisioning, { digest, version = "" }: DigestOptions): string {
  const { playbook, variables } = provisioning;
  const files = JSON.stringify(playbookContent(provisioning));
  return digest({ playbook, files, version, variables: JSON.stringify(Object.entries(variables).sort()) });
}

class Content {
  readonly digests = new Map<string, string>();
  private bytes = 0;

  constructor(private readonly folder: string) {}

  /** Adds a file, or a folder with all that is in it; nothing where there is neither. */
  add(path: string): void {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status?.isFile() === true) this.addFile(path);
    if (status?.isDirectory() !== true) return;
    for (const name of readdirSync(path)) if (!isIgnored(name)) this.add(join(path, name));
  }

  addFile(path: string): void {
    const name = relative(this.folder, path);
    if (this.digests.has(name) || !existsSync(path)) return;
    const bytes = readFileSync(path);
    this.digests.set(name, createHash("sha256").update(bytes).digest("hex"));
    this.bytes += bytes.length;
    if (this.digests.size > mostFiles || this.bytes > mostBytes) throw tooMuch(this.folder);
    if (naming.has(extname(path))) this.addNamed(bytes.toString("utf8"), dirname(path));
  }

  /** Adds what a text names below the playbook's folder, seen from there or from the text's own folder. */
  private addNamed(text: string, from: string): void {
    for (const [word] of text.matchAll(/[\w@+.-]+(?:\/[\w@+.-]*)*/g)) {
      if (!/[./]/.test(word)) continue;
      for (const base of new Set([this.folder, from])) {
        const path = resolve(base, word);
        if (path.startsWith(`${this.folder}/`) && !word.split("/").some(isIgnored)) this.add(path);
      }
    }
  }
}

/** What is never part of a playbook: version control, and what programs keep for themselves. */
function isIgnored(name: string): boolean {
  return name === "node_modules" || name === "__pycache__" || (name.startsWith(".") && name !== ".." && name !== ".");
}

function tooMuch(folder: string): GroundworkError {
  return new GroundworkError(
    "CONFIG_INVALID",
    `The playbook in ${folder} is made of more than ${mostFiles} files, or of more than 64 MiB`,
    { suggestion: "Give the playbook a folder of its own, with its roles, files and templates alone." },
  );
}
