/** What holds for one type of instance alone. */

import { cpusAllowed, parseCpus } from "./amounts";
import type { InstanceType } from "./instance-spec";
import { formatPort, type PortWish } from "./instance-spec";
import { parsePorts } from "./ports";
import { acceptedUnless, problem, refused, type Parsed, type Problem } from "./values";

/** What to say of a key that the other type has. */
export function ofOtherType(key: string, type: InstanceType): Problem {
  const instead = insteadOf[key.toLowerCase().replaceAll("_", "")];
  const hint = instead === undefined ? "" : ` (${instead})`;
  if (type === "vm") return { message: `is for containers${hint}; allowed: no such line for a virtual machine.` };
  return { message: `is for virtual machines${hint}; allowed: no such line for a container.` };
}

const withoutLogin = "`vagrantp ssh` enters a container without a login";
const insteadOf: Readonly<Record<string, string>> = {
  box: "a container has an IMAGE",
  boxchecksum: "a digest is part of an IMAGE's name",
  boxpackages: "an IMAGE holds what it needs",
  diskgib: "a container has no disk of its own",
  sshuser: withoutLogin,
  sshkey: withoutLogin,
  image: "a virtual machine has a BOX",
  command: "a virtual machine runs what its box starts",
};

/** Processors of a virtual machine: a whole number. */
export function parseWholeCpus(text: string): Parsed<number> {
  const parsed = parseCpus(text);
  if (!parsed.ok || Number.isInteger(parsed.value)) return parsed;
  return refused(problem(text, "is not a whole number, as a virtual machine needs", cpusAllowed));
}

/** Ports of a virtual machine: TCP alone, because they are forwarded over SSH. */
export function parseForwardedPorts(entries: readonly string[]): Parsed<PortWish[]> {
  const parsed = parsePorts(entries);
  if (!parsed.ok) return parsed;
  const problems = parsed.value
    .filter(({ protocol }) => protocol === "udp")
    .map((port) =>
      problem(formatPort(port), "cannot be forwarded to a virtual machine, which is done over SSH", "tcp"),
    );
  return acceptedUnless(problems, parsed.value);
}
