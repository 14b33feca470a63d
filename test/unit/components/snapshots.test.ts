/** What takes snapshots of the store of secrets: as the engine is told of it, and as its chart renders it. */

import { openBaoValues } from "../../../components/secrets/openbao-values";
import { SecretStore } from "../../../components/secrets/secret-store";
import { snapshotAgentValues } from "../../../components/secrets/snapshot-values";
import { rendered, testChartValues, testWithHelm, type RenderedObject } from "./chart-values";
import { unrestricted } from "./pod-security";
import { registrationsOf, secretOf } from "./registrations";

const settings = { replicas: 3, storage: "10Gi" } as const;
const bucket = {
  name: "prod-1a2b3c4d-snapshots",
  endpoint: "fr-par-1.linodeobjects.com",
  signingRegion: "fr-par-1",
  secretName: "snapshots-bucket",
};
const values = () => ({ ...openBaoValues(settings), snapshotAgent: snapshotAgentValues(bucket, 30) });

describe("with snapshots", () => {
  // Copied whole into the pods by the chart's templates.
  testChartValues("openbao", values, { namespace: "secrets", unlisted: ["server.readinessProbe.path"] });
});

describe("the store of secrets with a bucket", () => {
  const engine = {
    "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "https://fr-par-1.linodeobjects.com" },
    "linode:index/objectStorageKey:ObjectStorageKey": { accessKey: "AKIA", secretKey: "bucket-s3cret" },
  };
  const buckets = { region: "fr-par", prefix: "prod-1a2b3c4d", protect: true };
  const declared = async () => {
    const args = { settings, snapshots: { buckets, days: 30 } };
    return (await registrationsOf(engine, () => new SecretStore("secrets", args))).all;
  };
  const named = async (type: string, name: string) =>
    (await declared()).find((one) => one.name === name && one.type.endsWith(`:${type}`))!;

  test("has beside all else the bucket, a key for it, and the Secret that the agent reads", async () => {
    const own = (await declared()).filter(({ name }) => name.startsWith("snapshots"));
    expect(own.map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["kubernetes:core/v1:Secret", "snapshots-bucket", "secrets"],
      ["linode:index/objectStorageBucket:ObjectStorageBucket", "snapshots", "secrets"],
      ["linode:index/objectStorageKey:ObjectStorageKey", "snapshots", "secrets"],
    ]);
  });

  test("is not deleted with its snapshots unless the engine is told to", async () => {
    expect(await named("ObjectStorageBucket", "snapshots")).toMatchObject({
      inputs: { label: "prod-1a2b3c4d-snapshots", region: "fr-par" },
      protect: true,
    });
  });

  test("is opened by a key that opens no other bucket, and that nobody reads", async () => {
    const { inputs } = await named("ObjectStorageKey", "snapshots");
    expect(inputs["bucketAccesses"]).toEqual([
      { bucketName: "prod-1a2b3c4d-snapshots", region: "fr-par", permissions: "read_write" },
    ]);
    const all = JSON.stringify(await declared(), (_key, value: unknown) =>
      secretOf(value) === undefined ? value : "secret",
    );
    expect(all).not.toContain("bucket-s3cret");
  });

  test("tells the chart where snapshots go, and that is no secret", async () => {
    const { inputs } = await named("Chart", "openbao");
    expect(inputs["values"]).toEqual(values());
  });
});

interface CronJob {
  readonly spec: {
    readonly schedule: string;
    readonly concurrencyPolicy: string;
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: Pod } } };
  };
}

interface Pod {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly [key: string]: unknown }[];
  }[];
}

describe("the agent of snapshots, rendered", () => {
  const testWithChart = testWithHelm("openbao");
  const found = (kind: string, objects = rendered("openbao", values(), "secrets")) =>
    objects.find((one) => one.kind === kind && one.metadata.name === "openbao-snapshot")!;
  const cronJob = () => found("CronJob") as unknown as CronJob & RenderedObject;

  testWithChart("runs each hour, never beside another, as a service account of its own", () => {
    const { spec } = cronJob();
    const { serviceAccountName } = spec.jobTemplate.spec.template.spec;
    expect([spec.schedule, spec.concurrencyPolicy, serviceAccountName]).toEqual([
      "17 * * * *",
      "Forbid",
      "openbao-snapshot",
    ]);
    expect(found("ServiceAccount")).toBeDefined();
  });

  testWithChart("keeps to the restricted standard", () => {
    expect(unrestricted(cronJob())).toEqual([]);
  });

  testWithChart("has its keys by the Secret alone", () => {
    const [container] = cronJob().spec.jobTemplate.spec.template.spec.containers;
    const keys = container!.env.filter(({ name }) => name.startsWith("AWS_"));
    const from = (key: string) => ({ name: key, valueFrom: { secretKeyRef: { key, name: "snapshots-bucket" } } });
    expect(keys).toEqual([from("AWS_SECRET_ACCESS_KEY"), from("AWS_ACCESS_KEY_ID")]);
  });

  testWithChart("is told the store, the bucket and how long", () => {
    expect(found("ConfigMap")["data"]).toEqual({
      S3_HOST: "fr-par-1.linodeobjects.com",
      S3_BUCKET: "prod-1a2b3c4d-snapshots",
      S3_URI: "s3://prod-1a2b3c4d-snapshots",
      S3_EXPIRE_DAYS: "30",
      S3CMD_EXTRA_FLAG: "--region=fr-par-1",
      BAO_ADDR: "https://openbao-active.secrets.svc:8200",
      BAO_AUTH_PATH: "kubernetes",
      BAO_ROLE: "snapshot",
    });
  });

  testWithChart("is not there without a bucket", () => {
    expect(found("CronJob", rendered("openbao", openBaoValues(settings), "secrets"))).toBeUndefined();
  });
});
