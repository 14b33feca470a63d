/** The way back: an instance as stack config says it, for turning an `.env` into `Pulumi.<stack>.yaml`. */

import { formatChecksum, readCloudImage } from "./cloud-image";
import {
  formatPort,
  formatVolume,
  type Backend,
  type InstanceSpec,
  type InstanceType,
  type NetworkMode,
  type Power,
} from "./instance-spec";

/** An instance in stack config, without its environment. */
export interface StackInstanceConfig {
  readonly type: InstanceType;
  readonly provider: Backend;
  /** In MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly ports: readonly string[];
  readonly power: Power;
  readonly networkMode: NetworkMode;
  /** @default one is chosen where it is on a bridge */
  readonly ipAddress?: string;
  /** Absolute paths. @default nothing is provisioned */
  readonly provisioning?: { readonly playbook: string; readonly vars?: string };
  /** Of a container alone, as `command` and `volumes` are. */
  readonly image?: string;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  /** Of a virtual machine alone, as `diskGiB`, `sshUser` and `sshKey` are. */
  readonly box?: string;
  readonly boxChecksum?: string;
  readonly boxPackages?: readonly string[];
  readonly diskGiB?: number;
  readonly sshUser?: string;
  readonly sshKey?: string;
}

/** An instance taken apart for stack config. */
export interface DescribedInstance {
  /** Its key in `instances`. */
  readonly id: string;
  /** Everything that may be read by anyone. The name is left out: the stack makes its own. */
  readonly instance: StackInstanceConfig;
  /** What belongs in `instances.<id>.environment`. Secret: write it with `pulumi config set --secret`. */
  readonly environment: Readonly<Record<string, string>>;
  /** What belongs in `instances.<id>.provisioning.vars`, where that is no file. Secret, like the environment. */
  readonly provisioningVars?: string;
}

/** The instance as stack config; `parseStack` reads it back as an equal spec, apart from the name. */
export function toStackInstance(spec: InstanceSpec): DescribedInstance {
  const { id, type, backend, memoryMiB, cpus, power, networkMode, ipAddress, environment } = spec;
  const own = type === "vm" ? describeMachine(spec) : describeContainer(spec);
  const { provisioning, provisioningVars } = describeProvisioning(spec);
  const ports = spec.ports.map(formatPort);
  return {
    id,
    instance: {
      type,
      provider: backend,
      memory: memoryMiB,
      cpus,
      ...own,
      ports,
      power,
      networkMode,
      ...(ipAddress === undefined ? {} : { ipAddress }),
      ...(provisioning === undefined ? {} : { provisioning }),
    },
    environment,
    ...(provisioningVars === undefined ? {} : { provisioningVars }),
  };
}

function describeProvisioning({
  provisioning,
}: InstanceSpec): Pick<StackInstanceConfig, "provisioning"> & Pick<DescribedInstance, "provisioningVars"> {
  if (provisioning === undefined) return {};
  const { playbook, varsFile, variables } = provisioning;
  const list = Object.entries(variables).map((pair) => pair.join("="));
  return {
    provisioning: { playbook, ...(varsFile === undefined ? {} : { vars: varsFile }) },
    ...(list.length === 0 ? {} : { provisioningVars: list.join(",") }),
  };
}

function describeContainer({ image, command, volumes }: InstanceSpec): Partial<StackInstanceConfig> {
  return { image, command, volumes: volumes.map(formatVolume) };
}

function describeMachine({ image, diskGiB, login }: InstanceSpec): Partial<StackInstanceConfig> {
  return {
    ...describeBox(image),
    ...(diskGiB === undefined ? {} : { diskGiB }),
    ...(login === undefined ? {} : { sshUser: login.user }),
    ...(login?.keyFile === undefined ? {} : { sshKey: login.keyFile }),
  };
}

function describeBox(image: string): Partial<StackInstanceConfig> {
  const cloudImage = readCloudImage(image);
  if (cloudImage === undefined) return { box: image };
  const { source, checksum, packages } = cloudImage;
  return {
    box: source,
    ...(checksum === undefined ? {} : { boxChecksum: formatChecksum(checksum) }),
    ...(packages.length === 0 ? {} : { boxPackages: packages }),
  };
}
