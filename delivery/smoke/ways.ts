/** The ways to what keeps metrics, logs and traces: inside the cluster, behind policies, and so by tunnels of kubectl's. */

import { keepers, monitoringNamespace, type Keeper } from "../../settings/platform/monitoring";
import { tunnel, type ClusterChoice, type KubectlOptions, type Tunnel } from "../kubectl";
import type { Way } from "./checks";

/** One to each. */
export type Ways = Readonly<Record<Keeper, Way>>;

/**
 * Does something with the ways. Each is opened when it is first asked for, and again when its pod was replaced meanwhile; all
 * are closed when the work is over, however it ends, and no process of theirs is left then.
 */
export async function withWays<T>(
  { kubeconfig, context, signal }: Pick<KubectlOptions, keyof ClusterChoice | "signal">,
  work: (ways: Ways) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const opened: Promise<Tunnel>[] = [];
  const wayTo = (keeper: Keeper): Way =>
    way(() => {
      const { service, port } = keepers[keeper];
      const opening = tunnel(
        { namespace: monitoringNamespace, to: `service/${service}`, port },
        { kubeconfig, context, signal: either },
      );
      opened.push(opening);
      return opening;
    });
  try {
    return await work({ prometheus: wayTo("prometheus"), loki: wayTo("loki"), tempo: wayTo("tempo") });
  } finally {
    over.abort();
    await Promise.allSettled(opened.map(async (opening) => (await opening).ended));
  }
}

/** One tunnel for all who ask, until it ends. */
function way(open: () => Promise<Tunnel>): Way {
  let current: Promise<Tunnel> | undefined;
  return async () => {
    if (current === undefined) {
      const opening = open();
      const forget = (): void => void (current = undefined);
      opening.then(({ ended }) => ended).then(forget, forget);
      current = opening;
    }
    const { port } = await current;
    return { url: `http://127.0.0.1:${port}` };
  };
}
