/** What Linode offers, and whether the settings ask for no more. Pure; what is offered is asked by the caller. */

import type { Violation } from "../errors";
import { nearestOf } from "../near-miss";
import { hasGpu, type NodePool } from "./node-pools";
import type { LkeSettings } from "./platform";

/** What Linode's API answered. */
export interface LinodeOffers {
  /** Each region with its capabilities, e.g. `Kubernetes`. */
  readonly regions: readonly { readonly id: string; readonly capabilities: readonly string[] }[];
  /** The types of nodes, with their price in US dollars. */
  readonly types: readonly { readonly id: string; readonly monthly: number }[];
  /** The versions of Kubernetes, e.g. 1.35. */
  readonly versions: readonly string[];
}

/** The version that is meant: the one that is asked for, else the newest. Undefined where it is not offered. */
export function resolveVersion({ kubernetesVersion }: LkeSettings, { versions }: LinodeOffers): string | undefined {
  if (kubernetesVersion !== undefined) return versions.find((one) => one === kubernetesVersion);
  const [newest] = [...versions].sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
  return newest;
}

/** What is asked for and not offered. */
export function offerViolations(settings: LkeSettings, offers: LinodeOffers): Violation[] {
  const path = "platform.cluster";
  const regions = offers.regions.filter(({ capabilities }) => capabilities.includes("Kubernetes")).map(({ id }) => id);
  const types = offers.types.map(({ id }) => id);
  const { region, kubernetesVersion, nodePools } = settings;
  return [
    ...notOffered(`${path}.region`, region, regions, "is no region with LKE"),
    ...(resolveVersion(settings, offers) === undefined
      ? notOffered(
          `${path}.kubernetesVersion`,
          kubernetesVersion ?? "",
          offers.versions,
          "is not offered by LKE any more",
        )
      : []),
    ...Object.entries(nodePools).flatMap(([name, { type }]) =>
      notOffered(`${path}.nodePools.${name}.type`, type, sameClass(types, type), "is no type of Linode's"),
    ),
  ];
}

/** The types that one is likely to have meant. */
function sameClass(types: readonly string[], type: string): readonly string[] {
  if (types.includes(type)) return types;
  const near = types.filter((one) => hasGpu(one) === hasGpu(type));
  return near.length === 0 ? types : near;
}

function notOffered(key: string, got: string, offered: readonly string[], what: string): Violation[] {
  if (offered.includes(got)) return [];
  const nearest = nearestOf(got, offered);
  const hint = nearest === undefined ? "" : `; the nearest is ${nearest}`;
  const allowed = offered.join(", ");
  return [{ key, message: `${got} ${what}${hint}; allowed: ${allowed}.`, got, allowed }];
}

/** What the nodes cost in a month, in US dollars, by pool; of an autoscaler the least and the most. */
export function monthlyCosts(
  { nodePools }: { readonly nodePools: Readonly<Record<string, Pick<NodePool, "type" | "count">>> },
  { types }: Pick<LinodeOffers, "types">,
): Readonly<Record<string, { readonly least: number; readonly most: number }>> {
  return Object.fromEntries(
    Object.entries(nodePools).map(([name, { type, count }]) => {
      const { monthly = 0 } = types.find(({ id }) => id === type) ?? {};
      const { min, max } = typeof count === "number" ? { min: count, max: count } : count;
      return [name, { least: min * monthly, most: max * monthly }];
    }),
  );
}
