/**
 * Leases and releases ports in turn: `home markers seed ports`. For each port that it holds it keeps a file that only
 * one process can make, so that a port promised twice is seen at once, and not by the ledger's own word.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../host/ledger";
import { groundworkHome } from "../../host/home";
import { hostView, promise, wish } from "../unit/host/fixtures";

/** What a worker was given. */
export interface PortResult {
  readonly leased: number;
  /** Ports that another process held when they were given. */
  readonly doubles: readonly number[];
}

const mostAtOnce = 30;
const capacity = { totalMiB: 1e6, availableMiB: 1e6, reserveMiB: 0, cpus: 1 };

/** Numbers from 0 to 1 that a seed repeats: a linear congruential generator, with the constants of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

async function main(root = "", markers = "", seed = "", ports = ""): Promise<void> {
  using ledger = Ledger.open(groundworkHome({ GROUNDWORK_HOME: root }));
  const random = randomFrom(Number(seed));
  const held = new Map<string, readonly number[]>();
  const doubles: number[] = [];
  const give = (stack: string) => {
    for (const port of held.get(stack) ?? []) rmSync(join(markers, String(port)), { force: true });
    ledger.release(stack);
    held.delete(stack);
  };
  let leased = 0;
  for (let round = 0; leased < Number(ports); round++) {
    const stack = `${seed}-${String(round)}`;
    const count = Math.min(Number(ports) - leased, 1 + Math.floor(random() * mostAtOnce));
    const wishes = Array.from({ length: count }, (_, index) => wish("auto", 1 + index));
    const given = await ledger.lease(stack, [promise("web", { name: stack, ports: wishes })], hostView({ capacity }));
    const numbers = (given.ports.get("web") ?? []).map(({ host }) => host);
    for (const port of numbers) {
      try {
        closeSync(openSync(join(markers, String(port)), "wx"));
      } catch {
        doubles.push(port);
      }
    }
    held.set(stack, numbers);
    leased += numbers.length;
    const [oldest] = held.keys();
    if (oldest !== undefined && (held.size > 2 || random() < 0.5)) give(oldest);
  }
  for (const stack of [...held.keys()]) give(stack);
  process.send?.({ leased, doubles } satisfies PortResult, () => process.disconnect());
}

void main(...process.argv.slice(2));
