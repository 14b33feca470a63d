/** The store that the secrets of applications are in. */

import * as z from "zod";

/** The block `secretStore`. */
export const secretStoreSchema = z
  .strictObject(
    {
      /** An odd number: more than half of them must be there. */
      replicas: z.union([z.literal(1), z.literal(3), z.literal(5)], { error: "1, 3 or 5" }).default(3),
      /** Of each replica's volume; Linode's smallest has 10 GiB. */
      storage: z
        .string({ error: "a text" })
        .regex(/^\d+Gi$/, { error: "a size such as 10Gi" })
        .default("10Gi"),
    },
    { error: "a map" },
  )
  .prefault({});

/** Who takes snapshots of the store: a service account, by the role in the store that may do nothing else. */
export const snapshotAgent = { role: "snapshot", serviceAccount: "openbao-snapshot", namespace: "secrets" } as const;

/** How the store is kept. */
export type SecretStoreSettings = z.output<typeof secretStoreSchema>;
