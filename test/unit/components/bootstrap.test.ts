/** The bucket for state, as the engine is told of it. Says nothing of what Linode makes of it. */

import * as pulumi from "@pulumi/pulumi";
import { parseBackend } from "../../../engine/backend";
import { bootstrapStack } from "../../../stacks/bootstrap";
import { laterRefusalOf } from "../../support/refusal";
import { registrationsOf, valueOf, type Registration } from "./registrations";

const engine = {
  "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "fr-par-1.linodeobjects.com" },
  "linode:index/objectStorageKey:ObjectStorageKey": { accessKey: "THEKEY", secretKey: "hunter2" },
};

beforeEach(() => pulumi.runtime.setAllConfig({ "linode:objUseTempKeys": "true" }));
afterEach(() => pulumi.runtime.setAllConfig({}));

const declare = (bucket?: string) => registrationsOf(engine, () => bootstrapStack({ region: "fr-par", bucket }));

async function registered(type: string, bucket?: string): Promise<Registration> {
  const { all } = await declare(bucket);
  return all.find((one) => one.type.endsWith(`:${type}`))!;
}

test("the bucket is private, keeps old versions, and lets go of them", async () => {
  expect((await registered("ObjectStorageBucket")).inputs).toEqual({
    label: "groundwork-state-fr-par",
    region: "fr-par",
    acl: "private",
    corsEnabled: false,
    versioning: true,
    lifecycleRules: [
      {
        id: "old-versions",
        enabled: true,
        abortIncompleteMultipartUploadDays: 1,
        noncurrentVersionExpiration: { days: 90 },
      },
    ],
  });
});

test("the bucket has the name that the settings give it", async () => {
  expect((await registered("ObjectStorageBucket", "infra-state")).inputs["label"]).toBe("infra-state");
});

test("the key opens this bucket alone", async () => {
  expect((await registered("ObjectStorageKey")).inputs).toEqual({
    label: "groundwork-state-fr-par",
    bucketAccesses: [{ bucketName: "groundwork-state-fr-par", region: "fr-par", permissions: "read_write" }],
  });
});

test.each(["ObjectStorageBucket", "ObjectStorageKey"])("the engine refuses to delete the %s", async (type) => {
  expect(await registered(type)).toMatchObject({ protect: true });
});

test("the output backendUrl is a backend that Groundwork reads, signed for the endpoint's own region", async () => {
  const { made } = await declare();
  expect(parseBackend(await valueOf(made.backendUrl))).toMatchObject({
    kind: "bucket",
    bucket: "groundwork-state-fr-par",
    endpoint: "https://fr-par-1.linodeobjects.com",
    region: "fr-par-1",
    pathStyle: true,
  });
});

test("of the key's two halves the secret one is a secret output", async () => {
  const { made } = await declare();
  const { accessKeyId, secretAccessKey } = made;
  expect(await Promise.all([accessKeyId, secretAccessKey].map((half) => pulumi.isSecret(half)))).toEqual([false, true]);
  expect(await valueOf(secretAccessKey)).toBe("hunter2");
});

test("without a key for S3 nothing is declared, and the error says how to get one", async () => {
  pulumi.runtime.setAllConfig({});
  expect(await laterRefusalOf(declare())).toMatchObject({
    code: "CONFIG_MISSING",
    suggestion: expect.stringContaining("linode:objUseTempKeys true") as string,
  });
});
