/** What a store refused, as the engine (Pulumi 3.259.0 against versitygw 1.8.0) and clients say it. */

import { engineStoreError, storeError } from "../../../engine/backend-errors";

const refused =
  'blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, https response error StatusCode: 403, ' +
  "RequestID: ZPDRN75I16XP7M86, HostID: x, api error SignatureDoesNotMatch: The request signature we calculated does not match.";
const away =
  "operation error S3: HeadObject, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , " +
  'HostID: , request send failed, Head "http://127.0.0.1:22406/infra-state/x": dial tcp 127.0.0.1:22406: connect: connection refused';

test("a key that the store does not know is told with the variables that hold it", () => {
  expect(engineStoreError(refused)).toMatchObject({
    code: "CONFIG_INVALID",
    suggestion: expect.stringContaining("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") as string,
  });
});

test("a store that went away during a run is told with how to go on from its lock", () => {
  const said = `error: there was a problem deleting the lock at s3://infra-state/x.json, manual clean up may be required: ${away}`;
  expect(engineStoreError(`some output\n${said}`)).toMatchObject({
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: expect.stringContaining("bin/delivery unlock --yes") as string,
  });
});

test("a server of a stack's resources that refuses connections is not taken for the store", () => {
  const said = 'Get "https://10.0.0.1:6443/api": dial tcp 10.0.0.1:6443: connect: connection refused';
  expect(engineStoreError(said)).toBeUndefined();
});

test.each([
  ["ExpiredToken, StatusCode: 400", "CONFIG_INVALID"],
  ["RequestTimeTooSkewed, StatusCode: 403", "CONFIG_INVALID"],
  ["Unknown, StatusCode: 403, UnknownError", "CONFIG_INVALID"],
  ["NoSuchBucket, StatusCode: 404", "INFRA_NOT_FOUND"],
  ["CredentialsProviderError, Could not load credentials from any providers", "CONFIG_MISSING"],
  ["Error, Region is missing", "CONFIG_MISSING"],
  ["Error, ECONNREFUSED, connect ECONNREFUSED 127.0.0.1:1", "PROVIDER_NOT_AVAILABLE"],
  ["InternalError, StatusCode: 500", "PROVIDER_NOT_AVAILABLE"],
])("what a client is told, %s, is %s", (said, code) => {
  expect(storeError(said)).toMatchObject({ code });
});

test("what is no refusal of a store stays as it is", () => {
  expect(storeError("NoSuchKey, StatusCode: 404")).toBeUndefined();
});
