/** Podman and Docker, as the contract needs a backend. */

import type { DesiredInstance } from "../../../drivers/driver";
import { createDriver, type DriverOptions } from "../../../drivers";
import type { Backend } from "../../../settings/instance-spec";
import { freePort } from "../../support/free-port";
import { freeSubnet, sleeper, uniqueHost } from "../support-driver";
import type { ContractBackend } from "./driver-contract";

/** What a test gives of its engine. */
export interface ContainerEngine {
  readonly name: Extract<Backend, "podman" | "docker">;
  readonly options: Omit<DriverOptions, "digest">;
  /** Runs the engine's program and returns what it printed; fails when it did not succeed. */
  readonly run: (...parameters: string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A container engine, as a backend of the contract. */
export async function containerBackend({ name, options, run, stop }: ContainerEngine): Promise<ContractBackend> {
  const host = uniqueHost();
  const driver = createDriver(name, { ...options, digest: JSON.stringify });
  const port = { host: await freePort(), inside: 80, protocol: "tcp", address: "127.0.0.1" } as const;
  const subnet = freeSubnet();
  const desired: ContractBackend["desired"] = (over) =>
    sleeper(
      host,
      { ports: over?.id === undefined ? [port] : [], backend: name, ...over },
      { subnet, ports: over?.id === undefined ? [port] : [] },
    );
  const network = desired().network.name;
  return {
    name,
    driver,
    options,
    desired,
    withOtherPort({ spec }: DesiredInstance) {
      const ports = [{ ...port, inside: 81 }];
      return sleeper(host, { ...spec, ports }, { subnet, ports });
    },
    byHand: [
      { running: (container) => run("stop", "--time", "0", container) },
      { memoryMiB: (container) => run("update", "--memory", "100m", "--memory-swap", "200m", container) },
      { cpus: (container) => run("update", "--cpus", "0.5", container) },
      { name: (container) => run("rename", container, `${container}-renamed`) },
      { network: (container) => run("network", "disconnect", network, container) },
      { exists: (container) => run("rm", "--force", container) },
    ],
    async foreign(container) {
      const image = desired().spec.image;
      await run("run", "--detach", "--name", container, image, "sleep", "infinity");
      return () => run("rm", "--force", container);
    },
    killPoints: [20, 80, 140, 200, 280, 400],
    async dispose() {
      for (const { identity } of await driver.list(host)) await driver.remove(identity);
      for (const leftover of await driver.leftovers(host)) await driver.removeLeftover(leftover);
      await stop();
    },
  };
}
