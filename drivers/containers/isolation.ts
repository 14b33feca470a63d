/** Keeps the networks of stacks apart, where Podman's network program forgets to. */

import { platform } from "node:os";
import { x } from "tinyexec";
import { runsElsewhere } from "./engine-host";
import type { ContainerProgram } from "./program";

/** The chain in which netavark 1.x keeps what drops packets between networks that are isolated. */
const chain = "NETAVARK_ISOLATION_1";

/** The comment makes it another rule than netavark's, which netavark therefore does not remove. */
const rule = ["FORWARD", "--match", "comment", "--comment", "groundwork keeps networks isolated", "--jump", chain];

/**
 * Makes the isolation of networks outlive the last container of any one of them. Netavark takes the one jump to its
 * rules away with it, and leaves all other networks open to each other until the next container starts (1.0 to 1.17,
 * `td_policy: OnComplete` in https://github.com/containers/netavark/blob/v1.14.0/src/firewall/varktables/types.rs).
 * To be called when a container of an isolated network runs. Where netavark writes no iptables rules, nothing is done.
 */
export async function keepIsolated(program: ContainerProgram): Promise<void> {
  const { dialect, environment } = program;
  if (!dialect.forgetsIsolation || runsElsewhere(platform(), environment)) return;
  if (await iptables(program, ["--check", ...rule])) return;
  await iptables(program, ["--insert", ...rule]);
}

/** Whether iptables did it; without root Podman keeps a network namespace of its own for all that is a network. */
async function iptables({ path, environment }: ContainerProgram, parameters: readonly string[]): Promise<boolean> {
  const command = ["iptables", "--wait", ...parameters];
  const [program = "", ...rest] =
    process.getuid?.() === 0 ? command : [path, "unshare", "--rootless-netns", ...command];
  try {
    return (await x(program, rest, { nodeOptions: { env: environment } })).exitCode === 0;
  } catch {
    return false;
  }
}
