/** Leases and releases whole stacks for ever: `home`. Says so after every round. */
import { Ledger } from "../../host/ledger";
import { groundworkHome } from "../../host/home";
import { hostView, promise, wish } from "../unit/host/fixtures";

async function main(root = ""): Promise<void> {
  const ledger = Ledger.open(groundworkHome({ GROUNDWORK_HOME: root }));
  const host = hostView({ capacity: { totalMiB: 1e6, availableMiB: 1e6, reserveMiB: 0, cpus: 1 } });
  for (let round = 0; ; round++) {
    const stack = `stack-${String(round % 5)}`;
    const promises = ["web", "api", "db"].map((id) =>
      promise(id, { name: `${stack}-${id}`, ports: [wish("auto", 80), wish("auto", 443)] }),
    );
    await ledger.lease(stack, promises, host);
    process.send?.(round);
    if (round % 3 === 2) {
      ledger.release(stack);
    }
  }
}

void main(...process.argv.slice(2));
