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

/** The keys of one type alone. */
const ofType: Readonly<Record<string, readonly string[]>> = {
  vm: ["BOX", "BOX_CHECKSUM", "BOX_PACKAGES", "SSH_USER", "SSH_KEY"],
  container: ["IMAGE", "COMMAND", "VOLUMES"],
};
const providers: Readonly<Record<string, readonly string[]>> = {
  container: ["podman", "docker"],
  vm: ["libvirt", "virtualbox"],
};

type Table = Readonly<Record<string, (text: string) => oracle.Meaning<unknown>>>;

/** Each key's rule, by the table. */
export const table: Table = {
  INFRA_TYPE: oracle.word("container", "vm"),
  INFRA_ID: oracle.id,
  MEMORY: oracle.memory,
  CPUS: oracle.cpus,
  DISK_SIZE: oracle.disk,
  PROVIDER: oracle.word("podman", "docker", "libvirt", "virtualbox"),
  IMAGE: oracle.image,
  COMMAND: oracle.command,
  PORTS: oracle.ports,
  VOLUMES: (text) => oracle.volumes(text, place),
  NETWORK_MODE: oracle.word("default", "bridge"),
  IP_ADDRESS: oracle.address,
  PROVISIONING_PLAYBOOK: (text) => oracle.path(text, place),
  PROVISIONING_VARS: (text) => oracle.playbookVars(text, place),
  BOX: (text) => oracle.box(text, place),
  BOX_CHECKSUM: oracle.checksum,
  BOX_PACKAGES: oracle.packages,
  SSH_USER: oracle.user,
  SSH_KEY: (text) => oracle.keyFile(text, place),
};

/** What is refused because of what else is said of the box. Of a BOX that is refused, nothing else is known. */
function refusedOfBox(
  type: string | undefined,
  own: ReadonlyMap<string, string>,
  known: Readonly<Record<string, unknown>>,
): readonly string[] {
  const box = known["BOX"] as string | undefined;
  if (type === "container" || (box === undefined && own.has("BOX"))) return [];
  if (box === undefined || !oracle.isImage(box)) return ["BOX_CHECKSUM", "BOX_PACKAGES"].filter((key) => key in known);
  const isUnverified = oracle.isDownload(box) && !("BOX_CHECKSUM" in known);
  return isUnverified || own.get("PROVIDER") === "virtualbox" ? ["BOX"] : [];
}

/** A file's values, judged. */
export interface Expected {
  /** Undefined where INFRA_TYPE is refused: then the keys of both types are judged. */
  readonly type: string | undefined;
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
  const said = own.get("INFRA_TYPE") ?? "container";
  const type = said in providers ? said : undefined;
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
    // A key of the other type is refused whatever it says, and its value is not read.
    if (type !== undefined && Object.keys(ofType).some((one) => one !== type && ofType[one]!.includes(key))) {
      refused.add(key);
      continue;
    }
    const meaning = table[key]?.(text);
    if (meaning !== undefined) known[key] = meaning.value;
    else if (Object.hasOwn(table, key)) refused.add(key);
    if (nearMisses.includes(key)) refused.add(key);
  }
  for (const key of refusedOfBox(type, own, known)) refused.add(key);
  if (own.has("PROVISIONING_VARS") && !own.has("PROVISIONING_PLAYBOOK")) refused.add("PROVISIONING_VARS");
  if (type !== undefined && own.has("PROVIDER") && !providers[type]!.includes(own.get("PROVIDER")!)) {
    refused.add("PROVIDER");
  }
  if (type === "vm" && String(known["CPUS"]).includes(".") && !Number.isInteger(known["CPUS"])) refused.add("CPUS");
  const ports = (known["PORTS"] ?? []) as readonly { readonly protocol: string }[];
  if (type === "vm" && ports.some(({ protocol }) => protocol === "udp")) refused.add("PORTS");
  const address = known["IP_ADDRESS"];
  const hasNoBridge = (own.get("NETWORK_MODE") ?? "default") === "default";
  const suits = own.get("PROVIDER") !== "virtualbox" || oracle.isVirtualBox(String(address));
  if (address !== undefined && (hasNoBridge || (own.get("NETWORK_MODE") === "bridge" && type === "vm" && !suits))) {
    refused.add("IP_ADDRESS");
  }
  return { type, refused, values: known, environment: Object.fromEntries(environment), ignored };
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
  const others = ["IGNORE_KEYS"];
  return Object.hasOwn(table, key) || key.startsWith("ENV_") || others.includes(key);
}
