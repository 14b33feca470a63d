/** The instances of a stack's config: the same grammars as an `.env`, under camelCase keys. */

import * as z from "zod";
import { defaultAmounts, parseCpus, parseDiskSize, parseMemory } from "./amounts";
import { boxProblems, defaultBox, parseBox, toImage, type GivenBox } from "./box";
import { parseIpAddress } from "./bridge";
import { parseNetworkMode, parsePower, parseProvider, parseType } from "./choices";
import { parseChecksum, parseImagePackages } from "./cloud-image";
import { commandAllowed, parseCommand } from "./command";
import { parseVariableName, parseVariableValue } from "./environment";
import type { Violation } from "./errors";
import type { HostDefaults } from "./host-defaults";
import { parseId, parseName, stackHash } from "./identity";
import { parseImage } from "./image";
import { backendsOf, formatPort, type InstanceSpec } from "./instance-spec";
import { defaultUser, parseKeyFile, parseUser } from "./login";
import { parsePorts, portsClash } from "./ports";
import { parsePlaybook, parsePlaybookVars, type Provisioning } from "./provisioning";
import { addressViolations } from "./stack-addresses";
import { isMap, readAs } from "./stack-violations";
import { accepted, problem, refused, shorten, type Parsed } from "./values";
import { parseVolumes, type VolumeContext } from "./volumes";

interface InstanceContext extends VolumeContext {
  readonly stack: string;
  readonly hostDefaults: HostDefaults;
}

/** What an instance may say. Every key is optional. */
export function instanceSchema(context: InstanceContext) {
  const scalar = z.union([z.string(), z.number()], { error: "a text or a number" }).transform(String);
  const word = z.string({ error: "a text" });
  return z
    .strictObject(
      {
        type: word.transform(readAs(parseType)),
        provider: word.transform(readAs((text: string) => parseProvider(text))),
        memory: scalar.transform(readAs(parseMemory)),
        cpus: scalar.transform(readAs(parseCpus)),
        image: word.transform(readAs(parseImage)),
        box: word.transform(readAs((text: string) => parseBox(text, context))),
        boxChecksum: word.transform(readAs(parseChecksum)),
        boxPackages: z.array(word, { error: "a list" }).transform(readAs(parseImagePackages)),
        diskGiB: scalar.transform(readAs(parseDiskSize)),
        sshUser: word.transform(readAs(parseUser)),
        sshKey: word.transform(readAs((text: string) => parseKeyFile(text, context))),
        command: z
          .union([z.string(), z.array(z.string())], { error: "a text, or a list of texts" })
          .transform(readAs(parseCommandOrList)),
        ports: z.array(scalar, { error: "a list" }).transform(readAs(parsePorts)),
        volumes: z
          .array(word, { error: "a list" })
          .transform(readAs((entries: string[]) => parseVolumes(entries, context))),
        environment: environmentSchema,
        provisioning: provisioningSchema(context),
        networkMode: word.transform(readAs(parseNetworkMode)),
        ipAddress: word.transform(readAs(parseIpAddress)),
        power: word.transform(readAs(parsePower)),
        name: word.transform(readAs(parseName)),
      },
      { error: "a map" },
    )
    .partial();
}

/** What an instance says, understood. */
export type StackInstance = z.output<ReturnType<typeof instanceSchema>>;

const environmentSchema = z
  .custom<Record<string, unknown>>((value) => isMap(value), { error: "a map of names to texts" })
  .transform((given, context) => {
    const pairs = Object.entries(given).map(([name, value]) => {
      const parsedName = parseVariableName(name);
      const parsed = parseVariableValue(value);
      const problems = [parsedName, parsed].flatMap((one) => (one.ok ? [] : one.problems));
      for (const one of problems) context.addIssue({ code: "custom", path: [name], params: { problem: one } });
      return [name, parsed.ok ? parsed.value : ""];
    });
    return Object.fromEntries(pairs) as Record<string, string>;
  });

function provisioningSchema(context: InstanceContext) {
  const word = z.string({ error: "a text" });
  return z
    .strictObject(
      {
        playbook: word.transform(readAs((text: string) => parsePlaybook(text, context))),
        vars: word.transform(readAs((text: string) => parsePlaybookVars(text, context))).optional(),
      },
      { error: "a map with a playbook" },
    )
    .transform(({ playbook, vars }): Provisioning => ({ playbook, ...(vars ?? { variables: {} }) }));
}

/** The instance with every default filled in. */
export function toSpec(id: string, given: StackInstance, context: InstanceContext): InstanceSpec {
  const type = given.type ?? "container";
  return {
    id,
    name: given.name ?? `${id}-${stackHash(context.stack)}`,
    type,
    backend: given.provider ?? backendsOf[type][0],
    memoryMiB: given.memory ?? defaultAmounts.memoryMiB,
    cpus: given.cpus ?? defaultAmounts.cpus,
    ...(type === "vm" ? machine(given, context) : { image: given.image ?? context.hostDefaults.image }),
    command: given.command ?? [],
    ports: given.ports ?? [],
    volumes: given.volumes ?? [],
    environment: given.environment ?? {},
    ...(given.provisioning === undefined ? {} : { provisioning: given.provisioning }),
    power: given.power ?? "running",
    networkMode: given.networkMode ?? "default",
    ...(given.ipAddress === undefined ? {} : { ipAddress: given.ipAddress }),
  };
}

function machine(given: StackInstance, { hostDefaults }: InstanceContext) {
  const { diskGiB, sshUser, sshKey } = given;
  return {
    image: toImage(givenBox(given), defaultBox(given.provider, hostDefaults.box)),
    diskGiB: diskGiB ?? defaultAmounts.diskGiB,
    login: { user: sshUser ?? defaultUser, ...(sshKey === undefined ? {} : { keyFile: sshKey }) },
  };
}

function givenBox({ box, boxChecksum, boxPackages }: StackInstance): GivenBox {
  return { box, checksum: boxChecksum, packages: boxPackages };
}

const boxKeys = { box: "box", checksum: "boxChecksum", packages: "boxPackages" } as const;

/** What is wrong between the parts of a virtual machine's box. */
export function boxViolations(instances: Readonly<Record<string, StackInstance>>): Violation[] {
  return Object.entries(instances).flatMap(([id, instance]) => {
    if (instance.type !== "vm") return [];
    const problems = boxProblems(givenBox(instance), instance.provider);
    return (["box", "checksum", "packages"] as const).flatMap((part) => {
      const one = problems[part];
      return one === undefined ? [] : [{ key: `instances.${shorten(id)}.${boxKeys[part]}`, ...one }];
    });
  });
}

/** Keys of `instances` that are no ids. */
export function idViolations(config: unknown): Violation[] {
  const instances = isMap(config) ? config["instances"] : undefined;
  const ids = isMap(instances) ? Object.keys(instances) : [];
  return ids.flatMap((id) => {
    const parsed = parseId(id);
    return parsed.ok ? [] : parsed.problems.map((one) => ({ key: `instances.${shorten(id)}`, ...one }));
  });
}

/** What instances of one stack take from each other: fixed ports of the host, addresses, and names at the backend. */
export function violationsBetween(instances: readonly InstanceSpec[]): Violation[] {
  return instances.flatMap((instance, index) => {
    const earlier = instances.slice(0, index);
    return [
      ...portClashes(instance, earlier),
      ...addressViolations(instance, earlier),
      ...nameClashes(instance, earlier),
    ];
  });
}

function portClashes(instance: InstanceSpec, earlier: readonly InstanceSpec[]): Violation[] {
  return instance.ports.flatMap((wish) => {
    const other = earlier.find((one) => one.ports.some((port) => portsClash(port, wish)));
    if (other === undefined) return [];
    const asked = problem(
      formatPort(wish),
      `asks for the same port of the host as instances.${other.id}.ports`,
      "each port of the host once",
    );
    return [{ key: `instances.${instance.id}.ports`, ...asked }];
  });
}

function nameClashes(instance: InstanceSpec, earlier: readonly InstanceSpec[]): Violation[] {
  const other = earlier.find((one) => one.name === instance.name);
  if (other === undefined) return [];
  const taken = problem(instance.name, `is also the name of instances.${other.id}`, "each name once");
  return [{ key: `instances.${instance.id}.name`, ...taken }];
}

function parseCommandOrList(given: string | string[]): Parsed<string[]> {
  if (typeof given === "string") return parseCommand(given);
  const wrong = given.find((argument) => argument.includes("\0"));
  return wrong === undefined ? accepted(given) : refused(problem(wrong, "holds a NUL character", commandAllowed));
}
