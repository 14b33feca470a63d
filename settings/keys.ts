/** The keys of an `.env`, once: the parser, the `.env` that `vagrantp init` writes and the docs read this table. */

import { cpusAllowed, defaultAmounts, diskAllowed, memoryAllowed } from "./amounts";
import { boxAllowed } from "./box";
import { addressAllowed } from "./bridge";
import { checksumAllowed, packagesAllowed } from "./cloud-image";
import { networkAllowed, providerAllowed, typeAllowed } from "./choices";
import { commandAllowed } from "./command";
import { idAllowed } from "./identity";
import { imageAllowed } from "./image";
import { defaultUser, keyAllowed, userAllowed } from "./login";
import { portAllowed } from "./ports";
import { playbookAllowed, varsAllowed } from "./provisioning";
import { volumeAllowed } from "./volumes";

/** One key of an `.env`. */
export interface SettingKey {
  readonly name: string;
  /** What it sets, in one line. */
  readonly meaning: string;
  /** Which values it takes, in words. */
  readonly allowed: string;
  /** What holds where the key is not set, in words. */
  readonly default: string;
  readonly example: string;
  /** `available`; `container` and `vm`: for one of the types alone, and refused for the other. */
  readonly status: "available" | "container" | "vm";
}

/** What the keys that set a variable inside begin with. In the table they stand as `ENV_*`. */
export const variablePrefix = "ENV_";

/** The key that names the keys which are not ours. */
export const ignoreKey = "IGNORE_KEYS";

/** All keys, in the order in which people meet them. */
export const settingKeys = [
  {
    name: "INFRA_TYPE",
    meaning: "the kind of machine",
    allowed: typeAllowed,
    default: "container",
    example: "container",
    status: "available",
  },
  {
    name: "INFRA_ID",
    meaning: "the instance's id, and its name at the backend",
    allowed: idAllowed,
    default: "the directory's name as a host name; a short hash is added at the backend",
    example: "my-app",
    status: "available",
  },
  {
    name: "MEMORY",
    meaning: "memory",
    allowed: memoryAllowed,
    default: String(defaultAmounts.memoryMiB),
    example: "2048",
    status: "available",
  },
  {
    name: "CPUS",
    meaning: "processors, as a limit",
    allowed: cpusAllowed,
    default: String(defaultAmounts.cpus),
    example: "2",
    status: "available",
  },
  {
    name: "DISK_SIZE",
    meaning: "the size of a virtual machine's disk; it sizes nothing for a container",
    allowed: diskAllowed,
    default: `${String(defaultAmounts.diskGiB)} GiB`,
    example: "20g",
    status: "available",
  },
  {
    name: "PROVIDER",
    meaning: "the program that runs the instance",
    allowed: providerAllowed,
    default: "podman; libvirt for a vm",
    example: "podman",
    status: "available",
  },
  {
    name: "IMAGE",
    meaning: "the container's image",
    allowed: imageAllowed,
    default: "the image that set-up made",
    example: "docker.io/library/debian:12",
    status: "container",
  },
  {
    name: "COMMAND",
    meaning: "the program that runs inside; no shell reads it",
    allowed: commandAllowed,
    default: "the image's own",
    example: "python3 -m http.server 80",
    status: "container",
  },
  {
    name: "PORTS",
    meaning: "ports of the host that lead inside, on 127.0.0.1 unless an address is given; auto chooses one",
    allowed: `a comma-separated list of ${portAllowed}`,
    default: "none",
    example: "auto:80",
    status: "available",
  },
  {
    name: "VOLUMES",
    meaning: "directories and named volumes that the instance sees",
    allowed: `a comma-separated list of ${volumeAllowed}`,
    default: "none",
    example: "./:/srv/app",
    status: "container",
  },
  {
    name: `${variablePrefix}*`,
    meaning: "a variable inside: ENV_GREETING sets GREETING; its value is kept secret",
    allowed: "any text",
    default: "none",
    example: "hello",
    status: "available",
  },
  {
    name: "NETWORK_MODE",
    meaning: "how the instance meets the network; on a bridge it has an address of its own too",
    allowed: networkAllowed,
    default: "default",
    example: "bridge",
    status: "available",
  },
  {
    name: "IP_ADDRESS",
    meaning: "the instance's own address; needs NETWORK_MODE=bridge",
    allowed: addressAllowed,
    default: "one is chosen for an instance on a bridge",
    example: "192.168.58.10",
    status: "available",
  },
  {
    name: "PROVISIONING_PLAYBOOK",
    meaning: "the Ansible playbook that sets up the inside",
    allowed: playbookAllowed,
    default: "none",
    example: "playbook.yml",
    status: "available",
  },
  {
    name: "PROVISIONING_VARS",
    meaning: "variables of the playbook; their values are kept secret",
    allowed: varsAllowed,
    default: "none",
    example: "vars.yml",
    status: "available",
  },
  {
    name: "BOX",
    meaning: "the Vagrant box, or the cloud image, that a virtual machine is made from",
    allowed: boxAllowed,
    default: "the box that set-up made",
    example: "https://example.org/debian-12-genericcloud-amd64.qcow2",
    status: "vm",
  },
  {
    name: "BOX_CHECKSUM",
    meaning: "the checksum of a cloud image; one that is downloaded needs it",
    allowed: checksumAllowed,
    default: "none",
    example: `sha256:${"0".repeat(64)}`,
    status: "vm",
  },
  {
    name: "BOX_PACKAGES",
    meaning: "what cloud-init installs at the first start of a cloud image",
    allowed: packagesAllowed,
    default: "none",
    example: "docker,git",
    status: "vm",
  },
  {
    name: "SSH_USER",
    meaning: "who logs in to a virtual machine: a user that its box has",
    allowed: userAllowed,
    default: defaultUser,
    example: defaultUser,
    status: "vm",
  },
  {
    name: "SSH_KEY",
    meaning: "the private key that opens a virtual machine",
    allowed: keyAllowed,
    default: "a key pair made for the instance",
    example: "~/.ssh/id_ed25519",
    status: "vm",
  },
  {
    name: ignoreKey,
    meaning: "keys of this file that belong to the application, though they look like ours",
    allowed: "a comma-separated list of keys",
    default: "none",
    example: "PORTS,VOLUME",
    status: "available",
  },
] as const satisfies readonly SettingKey[];

/** The name of one of the keys in the table. */
export type SettingName = (typeof settingKeys)[number]["name"];

const byName: ReadonlyMap<string, SettingKey> = new Map(settingKeys.map((key) => [key.name, key]));

/** The row of this key, if it is ours. `ENV_GREETING` has the row of `ENV_*`. */
export function findKey(name: string): SettingKey | undefined {
  return byName.get(name.startsWith(variablePrefix) ? `${variablePrefix}*` : name);
}
