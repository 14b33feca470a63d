/** What the store of a backend refuses, told by its own codes: they are in what Pulumi prints, and in the errors of clients. */

import { GroundworkError, type ErrorCode } from "../settings/errors";

/** What one refusal means. */
export interface Refusal {
  /** Matched against the store's words; the first match wins. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** One sentence, before the store's own words. */
  readonly message: string;
  readonly suggestion: string;
}

const key = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/** The codes are S3's: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const storeRefusals: readonly Refusal[] = [
  {
    pattern: /InvalidAccessKeyId|SignatureDoesNotMatch/,
    code: "CONFIG_INVALID",
    message: "The store of the state does not know this key",
    suggestion: `Set ${key} to a key of the bucket: it may have been revoked, or mistyped.`,
  },
  {
    pattern: /ExpiredToken|TokenRefreshRequired|InvalidToken/,
    code: "CONFIG_INVALID",
    message: "The store of the state says that this key has expired",
    suggestion: `Set ${key}, and AWS_SESSION_TOKEN where there is one, to a fresh key.`,
  },
  {
    pattern: /RequestTimeTooSkewed/,
    code: "CONFIG_INVALID",
    message: "The clock of this host is wrong: the store of the state refuses what was signed by it",
    suggestion: "Set the clock (`timedatectl` shows whether it is synchronised), then run the same command again.",
  },
  {
    pattern: /AccessDenied|StatusCode: 403/,
    code: "CONFIG_INVALID",
    message: "The store of the state does not let this key in",
    suggestion: `Set ${key} to a key that may read and write the bucket.`,
  },
  {
    pattern: /NoSuchBucket/,
    code: "INFRA_NOT_FOUND",
    message: "There is no such bucket for the state",
    suggestion: "Correct the bucket in PULUMI_BACKEND_URL, or make it: docs/guides/delivery.md says how.",
  },
  {
    pattern: /CredentialsProviderError|get credentials|failed to refresh cached credentials|no EC2 IMDS role found/,
    code: "CONFIG_MISSING",
    message: "There is no key to the store of the state",
    suggestion: `Set ${key} to a key of the bucket.`,
  },
  {
    pattern: /Region is missing|Missing Region/,
    code: "CONFIG_MISSING",
    message: "There is no region to sign requests for",
    suggestion: "Add `&region=REGION` to PULUMI_BACKEND_URL, or set AWS_REGION.",
  },
  {
    pattern:
      /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError|connection refused|connection reset|no such host|i\/o timeout|StatusCode: 5\d\d|StatusCode: 0/,
    code: "PROVIDER_NOT_AVAILABLE",
    message: "The store of the state does not answer",
    suggestion: "See whether the endpoint in PULUMI_BACKEND_URL is in reach, then run the same command again.",
  },
];

/** The error for what a store said; undefined where that is no refusal of a store's. */
export function storeError(said: string, cause?: unknown): GroundworkError | undefined {
  const refusal = storeRefusals.find(({ pattern }) => pattern.test(said));
  if (refusal === undefined) return undefined;
  const { code, message, suggestion } = refusal;
  return new GroundworkError(code, `${message}: ${said}`, { suggestion, cause });
}
