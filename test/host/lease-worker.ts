/** Leases for one stack after the other: `home name stacks memoryMiB totalMiB`. Answers with what it got. */
import type { GroundworkError } from "../../settings/errors";
import { Ledger } from "../../host/ledger";
import { groundworkHome } from "../../host/home";
import { probePorts } from "../../host/ports";
import { hostView, promise, wish } from "../unit/host/fixtures";

/** What a worker was given and refused. */
export interface LeaseResult {
  readonly ports: readonly number[];
  readonly refused: readonly string[];
}

async function main(root = "", name = "", stacks = "", memoryMiB = "", totalMiB = ""): Promise<void> {
  const ledger = Ledger.open(groundworkHome({ GROUNDWORK_HOME: root }));
  const total = Number(totalMiB);
  const capacity = { totalMiB: total, availableMiB: total, reserveMiB: 0, cpus: 1 };
  const ports: number[] = [];
  const refused: string[] = [];
  for (let index = 0; index < Number(stacks); index++) {
    const stack = `${name}-${String(index)}`;
    const wanted = promise("web", { name: stack, memoryMiB: Number(memoryMiB), ports: [wish("auto")] });
    try {
      const leases = await ledger.lease(stack, [wanted], hostView({ capacity, probe: probePorts }));
      ports.push(...(leases.ports.get("web") ?? []).map(({ host }) => host));
    } catch (error) {
      refused.push((error as GroundworkError).code);
    }
  }
  ledger.close();
  process.send?.({ ports, refused } satisfies LeaseResult, () => process.disconnect());
}

void main(...process.argv.slice(2));
