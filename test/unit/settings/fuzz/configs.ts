/** Generators of a stack's config: YAML's kinds of values in every place, good, nearly good and odd. */

import fc from "fast-check";
import * as oracle from "./oracle";
import { place } from "./expected";
import { secretMark } from "./settings";

/** A generated instance, and which of its keys must be refused. */
export interface GeneratedInstance {
  readonly given: Readonly<Record<string, unknown>>;
  readonly refused: ReadonlySet<string>;
}

type Rule = (value: unknown) => boolean;

const text =
  (meaning: (value: string) => unknown): Rule =>
  (value) =>
    typeof value === "string" && meaning(value) !== undefined;
const scalar =
  (meaning: (value: string) => unknown): Rule =>
  (value) =>
    (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) &&
    meaning(String(value)) !== undefined;
const list =
  (isEntry: (entry: unknown) => boolean, meaning: (value: string) => unknown): Rule =>
  (value) =>
    Array.isArray(value) &&
    value.every((entry) => isEntry(entry) && !String(entry).includes(",") && String(entry).trim() === String(entry)) &&
    !value.some((entry) => entry === "") &&
    meaning(value.map(String).join(",")) !== undefined;

const isText = (value: unknown) => typeof value === "string";
const isScalar = (value: unknown) => isText(value) || typeof value === "number";

/** By the README's table of `.env` keys; the keys of a stack are the same in camel case. */
const rules: Readonly<Record<string, Rule>> = {
  type: text(oracle.word("container", "vm")),
  provider: text(oracle.word("podman", "docker", "libvirt", "virtualbox")),
  memory: scalar(oracle.memory),
  cpus: scalar(oracle.cpus),
  image: text(oracle.image),
  box: text((value) => oracle.box(value, place)),
  diskGiB: scalar(oracle.disk),
  sshUser: text(oracle.user),
  sshKey: text((value) => oracle.keyFile(value, place)),
  networkMode: text(oracle.word("default", "bridge")),
  command: (value) =>
    text(oracle.command)(value) || (Array.isArray(value) && value.every((one) => isText(one) && !one.includes("\0"))),
  ports: list(isScalar, oracle.ports),
  volumes: list(isText, (value) => oracle.volumes(value, place)),
  power: text(oracle.word("running", "stopped")),
};

const odd = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, NaN, [], {}, "", "x", "\0", "\u001b[31m", [null], [[]], {
    a: 1,
  }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const right: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  type: fc.constantFrom("container", "container", "vm"),
  provider: fc.constantFrom("podman", "docker", "libvirt"),
  memory: fc.constantFrom("2g", 512, "1.5G", 16777216),
  cpus: fc.constantFrom(1, "1.5", 2.25, 1024),
  image: fc.constantFrom("debian:12", "localhost/a/b"),
  box: fc.constant("debian/bookworm64"),
  diskGiB: fc.constantFrom(20, "30g"),
  sshUser: fc.constant("ada"),
  sshKey: fc.constantFrom("~/.ssh/id", "keys/id"),
  networkMode: fc.constantFrom("default", "bridge"),
  command: fc.constantFrom("sleep infinity", ["sh", "-c", "a | b"], []),
  ports: fc.constantFrom(["8080:80", "auto:80"], ["auto:81", "[::1]:81:80"], ["53:53/udp"], []),
  volumes: fc.constantFrom(["./src:/srv", "cache:/c"], []),
  power: fc.constantFrom("running", "stopped"),
};
const wrong: typeof right = {
  type: fc.constantFrom("pod", "Container"),
  provider: fc.constantFrom("Podman", "vagrant"),
  memory: fc.constantFrom(16777217, 511, "512.5", "1.9999999999999999999g"),
  cpus: fc.constantFrom(0, 1025, 1.001, "1e0"),
  image: fc.constantFrom("Debian", "a//b"),
  box: fc.constantFrom("a/b/c", "-"),
  diskGiB: fc.constantFrom(4, "1t"),
  sshUser: fc.constantFrom("Ada", ""),
  sshKey: fc.constantFrom("", "a\nb"),
  networkMode: fc.constantFrom("Bridge", "host"),
  command: fc.constantFrom("a | b", "'", ["a\0"], [1]),
  ports: fc.array(fc.constantFrom("8080:80", "8080:81", "0:80", "x", 80, "auto:80", " 81:81", "82:82,83:83"), {
    maxLength: 3,
  }),
  volumes: fc.array(fc.constantFrom(".:/", ".x:/y", "a:/srv", "b:/srv", "b:/b:rx", ""), { maxLength: 3 }),
  power: fc.constantFrom("paused", "Running"),
};

const containerKeys = ["image", "command", "volumes"];
const machineKeys = ["box", "diskGiB", "sshUser", "sshKey"];

const instanceOf = (values: (key: string) => fc.Arbitrary<unknown>) =>
  fc.record(Object.fromEntries(Object.keys(right).map((key) => [key, values(key)])), { requiredKeys: [] });

/** The keys of one type, so that whole instances are right often enough. */
const ofOneType = fc.oneof(
  instanceOf((key) => right[key]!).map((given) => without(given, [...machineKeys, "provider", "type"])),
  instanceOf((key) => right[key]!).map((given) => ({
    ...without(given, [...containerKeys, "provider", "cpus", "ports"]),
    type: "vm",
  })),
);

function without(given: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)));
}

/** An instance of any keys and values. */
export const instanceConfig: fc.Arbitrary<GeneratedInstance> = fc
  .oneof(
    ofOneType,
    instanceOf((key) => right[key]!),
    instanceOf((key) =>
      fc.oneof(
        { weight: 4, arbitrary: right[key]! },
        { weight: 1, arbitrary: wrong[key]! },
        { weight: 1, arbitrary: odd },
      ),
    ),
  )
  .map((given) => ({
    given,
    refused: new Set([
      ...Object.entries(given).flatMap(([key, value]) => (rules[key]?.(value) === false ? [key] : [])),
      ...refusedForType(given),
    ]),
  }));

/** What the type refuses, besides what is wrong in itself; nothing where the type is none. */
function refusedForType(given: Readonly<Record<string, unknown>>): string[] {
  const { type = "container", provider, cpus, ports } = given;
  if (type !== "container" && type !== "vm") return [];
  const others = (type === "vm" ? containerKeys : machineKeys).filter((key) => key in given);
  const providers: readonly unknown[] = type === "vm" ? ["libvirt", "virtualbox"] : ["podman", "docker"];
  const isOtherProvider = provider !== undefined && !providers.includes(provider);
  const isSplit = type === "vm" && /\./.test(String(cpus)) && !Number.isInteger(Number(cpus));
  const isUdp = type === "vm" && Array.isArray(ports) && ports.some((port) => String(port).endsWith("/udp"));
  return [
    ...others,
    ...(isOtherProvider ? ["provider"] : []),
    ...(isSplit ? ["cpus"] : []),
    ...(isUdp ? ["ports"] : []),
  ];
}

/** Secrets under good and bad names. */
export const environmentConfig = fc.dictionary(
  fc.constantFrom("A", "TOKEN", "1A", "A-B", "", "X".repeat(300)),
  fc.oneof(
    fc.string({ maxLength: 10 }).map((end) => secretMark + end),
    fc.constantFrom(`${secretMark}\0`, [secretMark], { secretMark: secretMark }, null, 1.5, true, 8080),
  ),
);

/** Anything that YAML can say, in the place of the whole config. */
export const anyConfig = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      kind: fc.constantFrom("instances", "project", "platform", "x".repeat(100_000), "\u001b[2J", 1, null),
      host: odd,
      instances: odd,
      project: odd,
      other: odd,
    },
    { requiredKeys: [] },
  ),
  fc.record({
    kind: fc.constant("instances"),
    instances: fc.dictionary(fc.string({ unit: "binary", maxLength: 100 }), odd),
  }),
  fc.record({
    kind: fc.constant("project"),
    project: fc.record({ directory: odd, file: odd, power: odd }, { requiredKeys: [] }),
  }),
);
