/** Asks Linode's API what it offers, before anything is made. */

import { getInstanceTypes } from "@pulumi/linode/getInstanceTypes";
import { getLkeVersions } from "@pulumi/linode/getLkeVersions";
import { getRegions } from "@pulumi/linode/getRegions";
import type { LinodeOffers } from "../../settings/platform/offers";

/** What there is for clusters of the standard tier; a price is the one of the region, where the region has its own. */
export async function linodeOffers(region: string): Promise<LinodeOffers> {
  const [regions, types, versions] = await Promise.all([
    getRegions({}),
    getInstanceTypes({}),
    getLkeVersions({ tier: "standard" }),
  ]);
  return {
    regions: (regions.regions ?? []).map(({ id, capabilities }) => ({ id, capabilities })),
    types: (types.types ?? []).map(({ id, prices, regionPrices }) => {
      const price = regionPrices.find((one) => one.id === region) ?? prices[0];
      return { id, monthly: price?.monthly ?? 0 };
    }),
    versions: (versions.versions ?? []).map(({ id }) => id),
  };
}
