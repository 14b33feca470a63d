/** What Linode asks for a node of each type. Its answer is public: no token goes with the question. */

import * as z from "zod";
import type { LinodeOffers } from "../../settings/platform/offers";
import { askJson } from "../smoke/endpoint";

const monthly = z.object({ monthly: z.number().nullable() });

const answer = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      price: monthly,
      region_prices: z.array(monthly.extend({ id: z.string() })).default([]),
    }),
  ),
});

/** The most that Linode puts on one page; there are fewer types. */
const pageSize = 500;

/**
 * The prices of a region.
 *
 * @param url of Linode's API, without a version. @default LINODE_URL, which Linode's provider reads too, else Linode's own
 * @throws Error saying why there is no answer
 * @see https://techdocs.akamai.com/linode-api/reference/get-linode-types
 */
export async function linodePrices(
  region: string,
  signal: AbortSignal,
  url = process.env["LINODE_URL"] ?? "https://api.linode.com",
): Promise<Pick<LinodeOffers, "types">> {
  const { data } = await askJson({ url }, { path: `/v4/linode/types?page_size=${pageSize}`, answer }, signal);
  return {
    types: data.map(({ id, price, region_prices: regional }) => {
      const own = regional.find((one) => one.id === region);
      return { id, monthly: own?.monthly ?? price.monthly ?? 0 };
    }),
  };
}
