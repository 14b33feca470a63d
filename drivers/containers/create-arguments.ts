/** Builds the argument list that makes a container. Pure; no value of the environment ever appears in one. */

import { formatPort, type VolumeMount } from "../../settings/instance-spec";
import type { DesiredInstance } from "../driver";
import type { MixedAddresses } from "../vagrant/mixed-network";
import { label } from "./container-labels";
import { limitArguments, volumeArguments, type Dialect } from "./dialect";

/** An image on this host, as far as a container needs it. */
export interface LocalImage {
  /** The image's own id. */
  readonly id: string;
  /** The program it runs by itself. */
  readonly command: readonly string[];
  /** The variables it sets, `NAME=value`. */
  readonly environment: readonly string[];
  /** How many layers it has. */
  readonly layers: number;
  /** The rest of its configuration, as instructions for `import`. */
  readonly configuration: readonly string[];
}

/** What a container is made from. */
export interface ContainerSource {
  /** The image the user named. */
  readonly base: LocalImage;
  /** The image to make the container from: the base, or a layer of ours over it. */
  readonly madeFrom: string;
  /** Names of variables that must not stay as `madeFrom` has them, or has them not: the base's value counts, or none. */
  readonly leftoverVariables: readonly string[];
  /** Anonymous volumes of the predecessor. */
  readonly anonymousVolumes: readonly VolumeMount[];
  /** The stack's network was seen just now. @default it is made unless it is there */
  readonly networkIsThere?: boolean;
  /** Its address among the machines that it meets, and theirs. @default they are reserved where it meets any */
  readonly addresses?: MixedAddresses | undefined;
}

/**
 * The arguments that make this instance's container, and start it where it is to run: one call for both, because a program
 * of containers takes as long to start as it takes to make one. The environment goes by {@link environmentFile}.
 */
export function createArguments(
  dialect: Dialect,
  desired: DesiredInstance,
  source: ContainerSource,
): readonly string[] {
  const { spec } = desired;
  const command = effectiveCommand(desired, source.base);
  return [
    ...(desired.properties.running ? ["run", "--detach"] : ["create"]),
    "--init",
    ...["--name", spec.name, "--hostname", spec.id],
    ...["--network", desired.network.name, "--network-alias", spec.id],
    ...Object.entries(source.addresses?.machines ?? {}).flatMap(([id, ip]) => ["--add-host", `${id}:${ip}`]),
    ...limitArguments(spec),
    ...labelArguments(desired, source, command),
    ...desired.ports.flatMap(({ address, host, inside, protocol }) => [
      "--publish",
      `${address.includes(":") ? `[${address}]` : address}:${String(host)}:${String(inside)}/${protocol}`,
    ]),
    ...spec.volumes.flatMap(dialect.mountArguments),
    ...source.anonymousVolumes.filter(({ target }) => !isMounted(spec, target)).flatMap(volumeArguments),
    ...leftoverArguments(dialect, desired, source),
    ...environmentArguments(spec.environment),
    source.madeFrom,
    ...command,
  ];
}

function isMounted({ volumes }: DesiredInstance["spec"], target: string): boolean {
  return volumes.some((volume) => volume.target === target);
}

/** A variable that is no longer set gets the image's own value back, or goes. */
function leftoverArguments(
  dialect: Dialect,
  { spec }: DesiredInstance,
  { base, leftoverVariables }: ContainerSource,
): readonly string[] {
  const gone = leftoverVariables.filter((name) => !(name in spec.environment));
  return gone.flatMap((name) => {
    const original = base.environment.find((variable) => variable.startsWith(`${name}=`));
    return original === undefined ? dialect.unsetArguments(name) : ["--env", original];
  });
}

function effectiveCommand({ spec }: DesiredInstance, base: LocalImage): readonly string[] {
  return spec.command.length > 0 ? spec.command : base.command;
}

function labelArguments(
  desired: DesiredInstance,
  source: ContainerSource,
  command: readonly string[],
): readonly string[] {
  const labels: Record<string, string> = {
    ...desired.properties.labels,
    [label.image]: desired.spec.image,
    [label.baseImage]: source.base.id,
    [label.madeFrom]: source.madeFrom,
    [label.command]: JSON.stringify(desired.spec.command),
    [label.effectiveCommand]: JSON.stringify(command),
    [label.environment]: Object.keys(desired.spec.environment).sort().join(","),
    [label.automaticPorts]: automaticPorts(desired).join(","),
    ...addressLabels(desired),
    ...machinesLabels(desired, source),
    ...(desired.projectDirectory === undefined ? {} : { [label.project]: desired.projectDirectory }),
  };
  return Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);
}

function addressLabels({ spec, address }: DesiredInstance): Record<string, string> {
  if (address === undefined) return {};
  return { [label.address]: address, [label.automaticAddress]: String(spec.ipAddress === undefined) };
}

function machinesLabels({ machines }: DesiredInstance, { addresses }: ContainerSource): Record<string, string> {
  if (machines === undefined || addresses === undefined) return {};
  return { [label.machinesNetwork]: machines.network.name, [label.machinesAddress]: addresses.own };
}

/** The leased ports that the user did not name. */
function automaticPorts({ spec, ports }: DesiredInstance): readonly string[] {
  const named = spec.ports.map(formatPort);
  return ports.map(formatPort).filter((port) => !named.includes(port));
}

/** Podman and Docker read an environment file by lines of at most 64 KiB. */
const longestLine = 60_000;

/** An environment file has one variable a line: a value with a line break, or a long one, goes by the process's environment. */
function fitsOnLine(value: string): boolean {
  return !/[\r\n]/.test(value) && Buffer.byteLength(value) <= longestLine;
}

function environmentArguments(environment: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(environment);
  const byFile = entries.some(([, value]) => fitsOnLine(value));
  const byProcess = entries.filter(([, value]) => !fitsOnLine(value)).flatMap(([name]) => ["--env", name]);
  return [...(byFile ? ["--env-file", "/dev/stdin"] : []), ...byProcess];
}

/** The text of the environment file that `create` reads from its standard input; undefined when none is needed. */
export function environmentFile(environment: Readonly<Record<string, string>>): string | undefined {
  const lines = Object.entries(environment)
    .filter(([, value]) => fitsOnLine(value))
    .map(([name, value]) => `${name}=${value}\n`);
  return lines.length > 0 ? lines.join("") : undefined;
}

/** The variables that `create` takes from its own environment: those whose value does not fit on a line of the file. */
export function processVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => !fitsOnLine(value)));
}
