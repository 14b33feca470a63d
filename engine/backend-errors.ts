/** What the store of a backend refuses, told by its own codes: they are in what Pulumi prints, and in the errors of clients. */

import { GroundworkError, type ErrorCode } from "../settings/errors";

/** What one refusal means. */
interface Refusal {
  /** Matched against the store's words; the first match wins. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** One sentence, before the store's own words. */
  readonly message: string;
  readonly suggestion: string;
}

const key = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/** What goes wrong after the run has begun; the engine's own words. */
const lostMeanwhile: Refusal = {
  pattern: /problem deleting the lock/,
  code: "PROVIDER_NOT_AVAILABLE",
  message: "The store of the state went away while the run went on, and its lock is still there",
  suggestion:
    "When the store answers again, run `bin/delivery unlock --yes` for the stack, then the same command again: what has been made is found.",
};

/** The codes are S3's: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const storeRefusals: readonly Refusal[] = [
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

/** The error for what a store said to a client of ours; undefined where that is no refusal of a store's. */
export function storeError(said: string, cause?: unknown): GroundworkError | undefined {
  return refusalError(storeRefusals, said, said, cause);
}

/** The error for what a store said to the engine; undefined where the engine says nothing of a store. */
export function engineStoreError(said: string): GroundworkError | undefined {
  // Servers that a stack's resources are on refuse in words like these too.
  const lines = said.split("\n").filter((line) => line.includes("operation error S3"));
  return refusalError([lostMeanwhile, ...storeRefusals], lines.join("\n"), lines[0] ?? "");
}

function refusalError(
  refusals: readonly Refusal[],
  said: string,
  shown: string,
  cause?: unknown,
): GroundworkError | undefined {
  const refusal = refusals.find(({ pattern }) => pattern.test(said));
  if (refusal === undefined) return undefined;
  const { code, message, suggestion } = refusal;
  return new GroundworkError(code, `${message}: ${shown}`, { suggestion, cause });
}
