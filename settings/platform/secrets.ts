/** The secrets of a platform: the block `groundwork:secrets` of a stack's config, encrypted there. */

import * as z from "zod";

const secret = (what: string) => z.string({ error: what }).min(1, { error: what });

/** The block as it is written. Every value of it stays a secret up to the state. */
export const platformSecretsSchema = z.strictObject(
  {
    /** What passwords that only programs use are made of; a new one makes all of them new. At least 32 characters. */
    seed: z.string({ error: "a text" }).min(32, { error: "a text of at least 32 characters" }),
    /** Reads the GitOps repository: a token for https://, a private key for ssh. */
    repository: secret("a token, or a private key").optional(),
    /** The OAuth application on GitHub by which people log in. */
    githubClientId: secret("the client id of an OAuth application").optional(),
    githubClientSecret: secret("the client secret of an OAuth application").optional(),
    /** Writes the domain's records: for DNS-01 and external-dns. Scope: domains:read_write. */
    domainToken: secret("a token of Linode's").optional(),
    /** Where alerts and failed syncs are told: the address of an incoming webhook. */
    alertWebhook: secret("the address of a webhook").optional(),
  },
  { error: "a map with a seed" },
);

/** The secrets, in the clear: to be wrapped before anything is made of them. */
export type PlatformSecrets = z.output<typeof platformSecretsSchema>;

/** The names of all secrets. */
export const secretNames = Object.keys(platformSecretsSchema.shape) as readonly (keyof PlatformSecrets)[];
