/** What the README's table says about the values of a whole file. */

import * as oracle from "./oracle";

/** Where the generated files are said to stand. */
export const place = { directory: "/srv/projects/my-app", home: "/home/ada" };

/** Keys that look like ours, and are not. */
export const nearMisses = [
  "MEMROY",
  "memory",
  "Cpus",
  "DISK-SIZE",
  "VOLUMS",
  "PORTSS",
  "IMGAE",
  "env_TOKEN",
  "INFRA.ID",
];

/** Keys that applications have. */
export const applicationKeys = [
  "DATABASE_URL",
  "PORT",
  "NODE_ENV",
  "API_KEY",
  "DEBUG",
  "VOLUME",
  "a.b-c",
  "__proto__",
  "constructor",
];

const later = ["IP_ADDRESS"];
const machines = ["BOX", "SSH_USER", "SSH_KEY"];
const providers = ["virtualbox", "libvirt", "vagrant", "orbstack", "proxmox", "kubernetes"];

type Table = Readonly<Record<string, (text: string) => oracle.Meaning<unknown>>>;

/** Each key's rule, by the table. */
export const table: Table = {
  INFRA_TYPE: oracle.word("container"),
  INFRA_ID: oracle.id,
  MEMORY: oracle.memory,
  CPUS: oracle.cpus,
  DISK_SIZE: oracle.disk,
  PROVIDER: oracle.word("podman", "docker"),
  IMAGE: oracle.image,
  COMMAND: oracle.command,
  PORTS: oracle.ports,
  VOLUMES: (text) => oracle.volumes(text, place),
  NETWORK_MODE: oracle.word("default"),
  PROVISIONING_PLAYBOOK: (text) => oracle.path(text, place),
  PROVISIONING_VARS: (text) => oracle.playbookVars(text, place),
};

/** A file's values, judged. */
export interface Expected {
  /** The keys that must be refused. */
  readonly refused: ReadonlySet<string>;
  /** What the accepted values mean, by key; variables by their names. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly ignored: ReadonlySet<string>;
}

/** Judges the values of a file by the table. */
export function judge(values: ReadonlyMap<string, string>): Expected {
  const ignoring = ignoredKeys(values.get("IGNORE_KEYS"));
  const ignored = new Set(ignoring ?? []);
  const own = new Map([...values].filter(([key]) => !ignored.has(key)));
  const isContainer = (own.get("INFRA_TYPE") ?? "container") === "container";
  const refused = new Set<string>(ignoring === undefined ? ["IGNORE_KEYS"] : []);
  const known: Record<string, unknown> = {};
  const environment: [string, string][] = [];
  for (const [key, text] of own) {
    if (key.startsWith("ENV_")) {
      const name = key.slice("ENV_".length);
      if (oracle.variable(name, text) === undefined) refused.add(key);
      else environment.push([name, text]);
      continue;
    }
    const meaning = table[key]?.(text);
    if (meaning !== undefined) known[key] = meaning.value;
    else if (Object.hasOwn(table, key)) refused.add(key);
    if (nearMisses.includes(key) || later.includes(key)) refused.add(key);
    if (machines.includes(key) && isContainer) refused.add(key);
  }
  if (own.has("PROVISIONING_VARS") && !own.has("PROVISIONING_PLAYBOOK")) refused.add("PROVISIONING_VARS");
  // A virtual machine is refused for its type, not for what would suit it.
  if (!isContainer && providers.includes(own.get("PROVIDER") ?? "")) refused.delete("PROVIDER");
  return { refused, values: known, environment: Object.fromEntries(environment), ignored };
}

/** The keys that IGNORE_KEYS names; undefined where it may not name one of them. */
function ignoredKeys(text: string | undefined): string[] | undefined {
  if (text === undefined || text.trim() === "") return [];
  const keys = text.split(",").map((key) => key.trim());
  const isKey = (key: string) =>
    key !== "" && key !== "IGNORE_KEYS" && !Array.from(key).some((one) => !isKeyCharacter(one));
  return keys.every(isKey) ? keys : undefined;
}

function isKeyCharacter(character: string): boolean {
  return character === "_" || character === "." || character === "-" || /^[A-Za-z0-9]$/.test(character);
}

/** Whether a line that begins with this key and sets nothing is a mistake. */
export function isOurs(key: string): boolean {
  const others = [...later, ...machines, "IGNORE_KEYS"];
  return Object.hasOwn(table, key) || key.startsWith("ENV_") || others.includes(key);
}
