/** What a backend's URL says. */

import { backendVariables, parseBackend } from "../../../engine/backend";
import { refusalOf } from "../../support/refusal";

test("a file URL is a folder", () => {
  const url = "file:///srv/state";
  expect(parseBackend(url)).toEqual({ kind: "folder", url, directory: "/srv/state" });
});

test("an s3 URL is a bucket, with all that its options say", () => {
  const url = "s3://infra?endpoint=https://fr-par-1.linodeobjects.com&s3ForcePathStyle=true&region=fr-par-1";
  const endpoint = "https://fr-par-1.linodeobjects.com";
  expect(parseBackend(url)).toEqual({
    kind: "bucket",
    url,
    bucket: "infra",
    prefix: "",
    endpoint,
    region: "fr-par-1",
    pathStyle: true,
  });
});

test("a path behind the bucket is what the names of all objects begin with", () => {
  expect(parseBackend("s3://infra/teams/one/")).toMatchObject({ bucket: "infra", prefix: "teams/one/" });
});

test.each([
  ["endpoint=127.0.0.1:7070&disableSSL=true", "http://127.0.0.1:7070"],
  ["endpoint=127.0.0.1:7070", "https://127.0.0.1:7070"],
])("an endpoint without a scheme, %s, is %s", (options, endpoint) => {
  expect(parseBackend(`s3://infra?${options}`)).toMatchObject({ endpoint });
});

test.each(["https://app.pulumi.com", "s3:///prefix", "file://host/folder", "azblob://x", "nonsense"])(
  "%s is refused, with the forms that are allowed",
  (url) => {
    expect(refusalOf(() => parseBackend(url))).toMatchObject({
      code: "CONFIG_INVALID",
      message: `PULUMI_BACKEND_URL is "${url}", which is no backend of Groundwork's.`,
    });
  },
);

test("a bucket is spoken to without the checksums that S3-compatible stores do not know", () => {
  expect(backendVariables(parseBackend("s3://infra"))).toEqual({
    PULUMI_BACKEND_URL: "s3://infra",
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
  });
});
