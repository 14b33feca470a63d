/** The `groundwork` plugin: started by the Pulumi engine, ended by it. */

import { flushCompileCache } from "node:module";
import { createDriver, listEverywhere } from "../drivers";
import { backendAccess } from "../host/backend-access";
import { groundworkHome } from "../host/home";
import { hostId } from "../host/identity";
import { Ledger } from "../host/ledger";
import { openRecovered } from "../host/recovery";
import { GroundworkError } from "../settings/errors";
import type { Backend } from "../settings/instance-spec";
import { recordFailure } from "../host/failures";
import { CustomResourceDefinitions } from "./custom-resource-definitions";
import { HostLease } from "./host-lease";
import { LiveState } from "./live-state";
import { BackendObserver } from "./observer";
import { serve } from "./server";

/** How often a plugin looks whether its engine is still there. */
const lookMs = 1000;

/** The engine ends its plugins; one that was killed cannot, and they would wait for its questions for ever. */
function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, lookMs).unref();
}

async function main(): Promise<void> {
  endWithEngine();
  const home = groundworkHome();
  const host = hostId(home);
  const openLedger = () =>
    openRecovered(home, {
      list: (of) => listEverywhere(backendAccess(home), of),
      warn: (message) => process.stderr.write(`warning: ${message}\n`),
    });
  const driver = (backend: Backend) => createDriver(backend, backendAccess(home));
  const observer = new BackendObserver({
    host,
    driver,
    playbookOf: ({ stack, id, backend }) => {
      using ledger = Ledger.open(home);
      return ledger.playbookOf({ stack, id, backend: backend as Backend });
    },
    targets: (stack, backend) => {
      using ledger = Ledger.open(home);
      return ledger
        .entries({ stack })
        .filter((entry) => entry.backend === backend)
        .map((entry) => ({ host, stack, id: entry.id, name: entry.name, backend, objectId: entry.backendId }));
    },
  });
  const port = await serve({
    version: "0.1.0",
    resources: {
      "groundwork:index:LiveState": new LiveState(observer),
      "groundwork:index:CustomResourceDefinitions": new CustomResourceDefinitions(),
      "groundwork:index:HostLease": new HostLease({
        host,
        openLedger,
        running: (of, identities) => observer.running(of, identities),
        elsewhere: (backend) => driver(backend).elsewhere(),
        diskSpace: (backend) => driver(backend).diskSpace(),
        subnets: (backend) => driver(backend).subnets(),
        onRefusal: recordFailure,
      }),
    },
    onError: recordFailure,
  });
  process.stdout.write(`${port}\n`);
  // The engine ends us by a signal, and Node keeps compiled code only when a program ends by itself.
  flushCompileCache();
}

main().catch((error: unknown) => {
  recordFailure(error);
  process.stderr.write(`${error instanceof GroundworkError ? error.toText() : String(error)}\n`);
  process.exitCode = 1;
});
