/** Buckets and keys of Object Storage, as far as Linode's own API has them; objects are another server's affair. */

import { randomBytes } from "node:crypto";
import { CreateBucketSchema, createObjectStorageKeysSchema } from "@linode/validation";
import { callsAbout, notFound, page, Refusal, validBody, type Call, type Route } from "./route";

interface Bucket {
  readonly label: string;
  readonly region: string;
  access: { acl: string; cors_enabled: boolean };
}

interface Key {
  readonly id: number;
  label: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly bucket_access:
    readonly { region?: string; cluster?: string; bucket_name: string; permissions: string }[] | null;
  readonly regions: readonly string[];
}

interface BucketBody {
  label: string;
  region?: string;
  cluster?: string;
  acl?: string;
}

interface KeyBody {
  label: string;
  bucket_access?: Key["bucket_access"];
  regions?: string[];
}

/** Names that customers elsewhere have: they are unique in a region. */
const takenNames = ["infra-state"];

/** An account's buckets and keys; it has none at first. */
export class ObjectStorage {
  private readonly buckets = new Map<string, Bucket>();
  private readonly keys = new Map<number, Key>();
  private nextId = 9000;

  /** The calls about them. */
  get routes(): readonly Route[] {
    const { get } = callsAbout("object_storage");
    const endpoint = { region: "fr-par", endpoint_type: "E1", s3_endpoint: endpointOf("fr-par") };
    return [
      ...this.bucketRoutes(),
      ...this.keyRoutes(),
      get(/^\/object-storage\/endpoints$/, (call) => page([endpoint], call)),
    ];
  }

  private bucketRoutes(): readonly Route[] {
    const { get, post, put, remove } = callsAbout("object_storage");
    const [many, one] = [/^\/object-storage\/buckets$/, /^\/object-storage\/buckets\/([^/]+)\/([^/]+)$/];
    const access = /^\/object-storage\/buckets\/([^/]+)\/([^/]+)\/access$/;
    return [
      post(many, (call) => describeBucket(this.createBucket(call))),
      get(many, (call) => page([...this.buckets.values()].map(describeBucket), call)),
      get(one, (call) => describeBucket(this.bucketOf(call))),
      remove(one, (call) => void this.buckets.delete(placeOf(this.bucketOf(call)))),
      get(access, (call) => this.bucketOf(call).access),
      ...[post, put].map((change) => change(access, (call) => this.changeAccess(call))),
    ];
  }

  private keyRoutes(): readonly Route[] {
    const { get, post, remove } = callsAbout("object_storage");
    const [many, one] = [/^\/object-storage\/keys$/, /^\/object-storage\/keys\/(\d+)$/];
    return [
      post(many, (call) => this.createKey(call)),
      get(many, (call) => page([...this.keys.values()].map(describeKey), call)),
      get(one, (call) => describeKey(this.keyOf(call))),
      remove(one, (call) => void this.keys.delete(this.keyOf(call).id)),
    ];
  }

  private bucketOf({ parameters: [region = "", label = ""] }: Call): Bucket {
    const found = this.buckets.get(placeOf({ region, label }));
    if (found === undefined) throw notFound();
    return found;
  }

  private keyOf({ parameters: [id] }: Call): Key {
    const found = this.keys.get(Number(id));
    if (found === undefined) throw notFound();
    return found;
  }

  private createBucket(call: Call): Bucket {
    const { label, acl = "private", ...where } = validBody(CreateBucketSchema, call) as BucketBody;
    const region = where.region ?? where.cluster ?? "";
    const bucket = { label, region, access: { acl, cors_enabled: false } };
    if (takenNames.includes(label) || this.buckets.has(placeOf(bucket))) {
      throw new Refusal(400, [{ field: "label", reason: "The requested bucket name is not available." }]);
    }
    this.buckets.set(placeOf(bucket), bucket);
    return bucket;
  }

  private changeAccess(call: Call): object {
    const bucket = this.bucketOf(call);
    bucket.access = { ...bucket.access, ...(call.body as Partial<Bucket["access"]>) };
    return {};
  }

  /** Its secret is told this once. */
  private createKey(call: Call) {
    const body = validBody(createObjectStorageKeysSchema, call) as KeyBody;
    const { label, bucket_access: access = null, regions = [] } = body;
    for (const { bucket_name: name, region, cluster } of access ?? []) {
      if (this.buckets.has(placeOf({ region: region ?? cluster ?? "", label: name }))) continue;
      throw new Refusal(400, [{ field: "bucket_access", reason: `Bucket ${name} does not exist.` }]);
    }
    const secret = { access_key: randomBytes(10).toString("hex"), secret_key: randomBytes(20).toString("hex") };
    const key = { id: this.nextId++, label, ...secret, bucket_access: access, regions };
    this.keys.set(key.id, key);
    return { ...describeKey(key), secret_key: key.secret_key };
  }
}

function placeOf({ region, label }: Pick<Bucket, "region" | "label">): string {
  return `${region}/${label}`;
}

function endpointOf(region: string): string {
  return `${region}-1.linodeobjects.com`;
}

function describeBucket({ label, region }: Bucket) {
  return {
    label,
    region,
    cluster: `${region}-1`,
    hostname: `${label}.${endpointOf(region)}`,
    s3_endpoint: endpointOf(region),
    endpoint_type: "E1",
    created: "2026-01-01T00:00:00",
    objects: 0,
    size: 0,
  };
}

function describeKey({ bucket_access: access, regions, ...key }: Key) {
  const limited = access !== null;
  return {
    ...key,
    secret_key: "[REDACTED]",
    limited,
    bucket_access: access,
    regions: regions.map((id) => ({ id, s3_endpoint: endpointOf(id), endpoint_type: "E1" })),
  };
}
