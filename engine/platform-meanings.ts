/** What the plugins of a platform say when something is wrong outside, and what mends it. */

import type { ErrorCode } from "../settings/errors";

/** A message that has a place in the contract. */
export interface Meaning {
  /** Of a plugin's own words. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** @default the hint of the code */
  readonly suggestion?: string;
}

/** Linode's errors are `[STATUS] [field] reason` (linodego, `errors.go`); those of charts are Helm's, of webhooks the API server's. */
export const platformMeanings: readonly Meaning[] = [
  {
    pattern: /\[401\] Invalid Token/i,
    code: "CONFIG_INVALID",
    suggestion: "Make another token at Linode, then run `pulumi config set --secret linode:token`.",
  },
  {
    pattern: /\[40[13]\][^\n]*not authorized/i,
    code: "CONFIG_INVALID",
    suggestion:
      "Make a token with the scopes that docs/guides/platform.md names, then run `pulumi config set --secret linode:token`.",
  },
  {
    pattern: /account limit reached/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion:
      "Ask Linode for more by a support ticket, or ask for fewer nodes in `cluster.nodePools`; what was made stays, and `pulumi up` goes on from there.",
  },
  {
    pattern: /bucket name is not available|BucketAlreadyExists/i,
    code: "INFRA_EXISTS",
    suggestion:
      "Somebody else has a bucket of that name in the region: names are made of stack and domain, so check `domain`, or take another region.",
  },
  {
    pattern: /failed calling webhook|failed to call webhook/i,
    code: "ENGINE_FAILED",
    suggestion:
      "Run `bin/platform probe`: it says which webhook is not reached and what to change; then run the same command again.",
  },
  {
    pattern: /failed to (pull|download|fetch) chart|is not a valid chart repository or cannot be reached/i,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: "Run it again when the repository answers, or name a mirror that has all charts in `charts.mirror`.",
  },
  {
    pattern: /because it is protected/i,
    code: "ENGINE_FAILED",
    suggestion:
      "Set `cluster.protect: false` in the config of the stack and run `pulumi up`, which takes the protection away; then run the same command again.",
  },
];
