/**
 * What cloud-init reads at the first start of an instance, from a typed description. Pure.
 *
 * The format is cloud-init's own: `#cloud-config` as user-data, and meta-data, of its NoCloud data source; checked
 * against the schema of cloud-init 22.4.2.
 */

import { stringify } from "yaml";
import { imagePackages, type ImagePackage } from "../../settings/cloud-image";
import { packageSources, type AptSource } from "./package-sources";

/** What an instance is to be when cloud-init has run. */
export interface FirstStart {
  /** A host name (RFC 1123 label). */
  readonly hostname: string;
  /** Told apart from other instances by this: with another one, cloud-init runs anew. */
  readonly instanceId: string;
  /** Who may log in by key and become root without a password. Nobody may log in by password. */
  readonly users: readonly LoginUser[];
  /** What is installed from the distribution and from pinned sources. */
  readonly packages: readonly ImagePackage[];
}

/** One user of an instance. */
export interface LoginUser {
  readonly name: string;
  /** Lines of an `authorized_keys` file. */
  readonly sshKeys: readonly string[];
}

/** The files of a NoCloud seed, by name. */
export interface SeedFiles {
  readonly "user-data": string;
  readonly "meta-data": string;
}

/** The text of both files. The network is cloud-init's default: DHCP on the first interface that has a link. */
export function seedFiles(start: FirstStart): SeedFiles {
  return { "user-data": userData(start), "meta-data": metaData(start) };
}

function metaData({ instanceId, hostname }: FirstStart): string {
  return stringify({ "instance-id": instanceId, "local-hostname": hostname });
}

/** A template, because the address of a source holds the distribution's name, which only cloud-init knows. */
const header = "## template: jinja\n#cloud-config\n";

function userData(start: FirstStart): string {
  const wanted = imagePackages.filter((name) => start.packages.includes(name)).map((name) => packageSources[name]);
  const groups = wanted.flatMap(({ group }) => group ?? []);
  const sources = wanted.flatMap(({ source }) => source ?? []);
  const packages = wanted.flatMap(({ aptPackages }) => aptPackages);
  const config = {
    hostname: start.hostname,
    manage_etc_hosts: true,
    ...(groups.length === 0 ? {} : { groups }),
    users: start.users.map((user) => userEntry(user, groups)),
    disable_root: true,
    ssh_pwauth: false,
    growpart: { mode: "auto", devices: ["/"] },
    resize_rootfs: true,
    ...(sources.length === 0 ? {} : sourceEntries(sources)),
    ...(packages.length === 0 ? {} : { package_update: true, packages }),
  };
  // Lines are never folded: an SSH key is one line.
  return header + stringify(config, { lineWidth: 0 });
}

function userEntry({ name, sshKeys }: LoginUser, groups: readonly string[]) {
  return {
    name,
    groups: ["sudo", ...groups],
    sudo: "ALL=(ALL) NOPASSWD:ALL",
    shell: "/bin/bash",
    lock_passwd: true,
    ssh_authorized_keys: sshKeys.map(withoutBraces),
  };
}

/** A key's comment may hold anything; in a template braces would be read as an expression. */
function withoutBraces(key: string): string {
  return key.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** Keys are written as files, which apt reads as they are: cloud-init itself would need gpg inside. */
function sourceEntries(sources: readonly AptSource[]) {
  const keyFile = ({ name }: AptSource) => `/etc/apt/keyrings/${name}.asc`;
  return {
    write_files: sources.map((source) => ({ path: keyFile(source), permissions: "0644", content: source.key })),
    apt: {
      sources: Object.fromEntries(
        sources.map((source) => [
          `${source.name}.list`,
          { source: `deb [signed-by=${keyFile(source)}] ${source.address} ${source.suite} ${source.component}` },
        ]),
      ),
    },
  };
}
