/** The bucket that keeps the state of all other stacks: the block `groundwork:bootstrap` of a stack's config. */

import * as z from "zod";
import { readAs } from "./stack-violations";
import { accepted, problem, refused, type Parsed } from "./values";

const text = z.string({ error: "a text" });

/** Linode's own rule, without dots: https://techdocs.akamai.com/linode-api/reference/post-object-storage-bucket */
function parseBucket(given: string): Parsed<string> {
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(given)) return accepted(given);
  const allowed = "3 to 63 lower-case letters, digits and hyphens, with no hyphen at either end";
  return refused(problem(given, "is no name of a bucket", allowed));
}

function parseRegion(given: string): Parsed<string> {
  if (/^[a-z]+-[a-z]+(-\d+)?$/.test(given)) return accepted(given);
  return refused(problem(given, "is no region of Linode's", "one such as fr-par"));
}

/** The block as it is written; every key has a default. */
export const bootstrapSchema = z.strictObject(
  {
    region: text.transform(readAs(parseRegion)).default("fr-par"),
    /** All customers of a region share the names of its buckets. @default the project's name and the region */
    bucket: text.transform(readAs(parseBucket)).optional(),
  },
  { error: "a map" },
);

/** The block, understood. */
export type BootstrapSettings = z.output<typeof bootstrapSchema>;

/** The name of the bucket. @param project the name in Pulumi.yaml */
export function stateBucketName(project: string, { bucket, region }: BootstrapSettings): string {
  return bucket ?? `${project}-state-${region}`;
}
