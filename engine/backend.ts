/** Which backend keeps the state of a stack: a folder, or a bucket of an S3-compatible store. Nothing else reads its URL. */

import { fileURLToPath } from "node:url";
import { GroundworkError } from "../settings/errors";

/** A folder of this host. */
export interface FolderBackend {
  readonly kind: "folder";
  /** As Pulumi takes it: `file:///…`. */
  readonly url: string;
  readonly directory: string;
}

/** A bucket of an S3-compatible store. */
export interface BucketBackend {
  readonly kind: "bucket";
  /** As Pulumi takes it: `s3://BUCKET[/PREFIX]?endpoint=…&s3ForcePathStyle=true&region=…&disableSSL=true`. */
  readonly url: string;
  readonly bucket: string;
  /** What the names of all objects begin with: empty, or a path that ends with a slash. */
  readonly prefix: string;
  /** With its scheme. @default AWS's own */
  readonly endpoint?: string;
  /** What requests are signed for. @default the library's: AWS_REGION */
  readonly region?: string;
  /** Whether the bucket's name stands in the path of a request, and not in its host name. */
  readonly pathStyle: boolean;
}

/** What a backend's URL stands for. */
export type Backend = FolderBackend | BucketBackend;

/**
 * Reads a URL as `pulumi login` takes it.
 *
 * @throws CONFIG_INVALID for a kind of backend that Groundwork does not know
 */
export function parseBackend(url: string): Backend {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "file:" && parsed.host === "") return { kind: "folder", url, directory: fileURLToPath(url) };
  if (parsed?.protocol === "s3:" && parsed.host !== "") return bucketBackend(url, parsed);
  throw new GroundworkError("CONFIG_INVALID", `PULUMI_BACKEND_URL is "${url}", which is no backend of Groundwork's.`, {
    suggestion:
      "Write `s3://BUCKET?endpoint=https://HOST&s3ForcePathStyle=true` or `file:///FOLDER`; `bin/vagrantp env -s STACK` prints this host's own.",
  });
}

/** The options of the URL are those of the library by which Pulumi reads it (gocloud.dev/blob/s3blob, `URLOpener`). */
function bucketBackend(url: string, { host, pathname, searchParams }: URL): BucketBackend {
  const path = pathname.replace(/^\/+|\/+$/g, "");
  const endpoint = searchParams.get("endpoint");
  const region = searchParams.get("region");
  const scheme = isTrue(searchParams, "disableSSL", "disable_https") ? "http" : "https";
  return {
    kind: "bucket",
    url,
    bucket: host,
    prefix: path === "" ? "" : `${decodeURIComponent(path)}/`,
    ...(endpoint === null ? {} : { endpoint: endpoint.includes("://") ? endpoint : `${scheme}://${endpoint}` }),
    ...(region === null ? {} : { region }),
    pathStyle: isTrue(searchParams, "s3ForcePathStyle", "use_path_style"),
  };
}

function isTrue(parameters: URLSearchParams, ...names: readonly string[]): boolean {
  return names.some((name) => ["true", "1"].includes(parameters.get(name) ?? ""));
}

/** The folder of this host that holds the state; undefined where the variables name none, or another kind of backend. */
export function stateFolder(variables: Readonly<Record<string, string>>): string | undefined {
  const url = variables["PULUMI_BACKEND_URL"];
  return url?.startsWith("file://") === true ? fileURLToPath(url) : undefined;
}

/**
 * The variables by which Pulumi, and AWS's libraries in it, reach a backend. Stores that speak S3 do not all know the
 * checksums that these libraries send and ask for of their own accord: they leave them out, unless an operation needs one.
 */
export function backendVariables(backend: Backend): Readonly<Record<string, string>> {
  const checksums = {
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
  };
  return { PULUMI_BACKEND_URL: backend.url, ...(backend.kind === "bucket" ? checksums : {}) };
}
