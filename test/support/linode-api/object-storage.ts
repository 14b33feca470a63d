/** Buckets and keys of Object Storage, as far as Linode's own API has them; objects are another server's affair. */

import { randomBytes } from "node:crypto";
import { CreateBucketSchema, createObjectStorageKeysSchema } from "@linode/validation";
import { notFound, page, Refusal, validBody, type Call, type Route } from "./route";

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

/** Names that customers elsewhere have: they are unique in a region. */
const takenNames = ["infra-state"];

/** The calls about buckets and keys, of an account that has none. */
export function objectStorageRoutes(): readonly Route[] {
  const buckets = new Map<string, Bucket>();
  const keys = new Map<number, Key>();
  let nextId = 9000;

  const bucketOf = ({ parameters: [region, label] }: Call): Bucket => {
    const found = buckets.get(`${region ?? ""}/${label ?? ""}`);
    if (found === undefined) throw notFound();
    return found;
  };
  const keyOf = ({ parameters: [id] }: Call): Key => {
    const found = keys.get(Number(id));
    if (found === undefined) throw notFound();
    return found;
  };

  function createBucket(call: Call) {
    const body = validBody(CreateBucketSchema, call) as {
      label: string;
      region?: string;
      cluster?: string;
      acl?: string;
    };
    const region = body.region ?? body.cluster ?? "";
    const place = `${region}/${body.label}`;
    if (takenNames.includes(body.label) || buckets.has(place)) {
      throw new Refusal(400, [{ field: "label", reason: "The requested bucket name is not available." }]);
    }
    const bucket = { label: body.label, region, access: { acl: body.acl ?? "private", cors_enabled: false } };
    buckets.set(place, bucket);
    return describeBucket(bucket);
  }

  function createKey(call: Call) {
    const body = validBody(createObjectStorageKeysSchema, call) as {
      label: string;
      bucket_access?: Key["bucket_access"];
      regions?: string[];
    };
    const access = body.bucket_access ?? null;
    for (const { bucket_name: name, region, cluster } of access ?? []) {
      if (buckets.has(`${region ?? cluster ?? ""}/${name}`)) continue;
      throw new Refusal(400, [{ field: "bucket_access", reason: `Bucket ${name} does not exist.` }]);
    }
    const secret = { access_key: randomBytes(10).toString("hex"), secret_key: randomBytes(20).toString("hex") };
    const key = { id: nextId++, label: body.label, ...secret, bucket_access: access, regions: body.regions ?? [] };
    keys.set(key.id, key);
    // It is told once.
    return describeKey(key, key.secret_key);
  }

  const scope = { read: "object_storage:read_only", write: "object_storage:read_write" };
  return [
    { method: "POST", pattern: /^\/object-storage\/buckets$/, scope: scope.write, handle: createBucket },
    {
      method: "GET",
      pattern: /^\/object-storage\/buckets$/,
      scope: scope.read,
      handle: (call) => page([...buckets.values()].map(describeBucket), call),
    },
    {
      method: "GET",
      pattern: /^\/object-storage\/buckets\/([^/]+)\/([^/]+)$/,
      scope: scope.read,
      handle: (call) => describeBucket(bucketOf(call)),
    },
    {
      method: "DELETE",
      pattern: /^\/object-storage\/buckets\/([^/]+)\/([^/]+)$/,
      scope: scope.write,
      handle: (call) => void buckets.delete(`${bucketOf(call).region}/${bucketOf(call).label}`),
    },
    {
      method: "GET",
      pattern: /^\/object-storage\/buckets\/([^/]+)\/([^/]+)\/access$/,
      scope: scope.read,
      handle: (call) => bucketOf(call).access,
    },
    ...["POST", "PUT"].map((method) => ({
      method,
      pattern: /^\/object-storage\/buckets\/([^/]+)\/([^/]+)\/access$/,
      scope: scope.write,
      handle: (call: Call) => {
        const bucket = bucketOf(call);
        bucket.access = { ...bucket.access, ...(call.body as Partial<Bucket["access"]>) };
        return {};
      },
    })),
    { method: "POST", pattern: /^\/object-storage\/keys$/, scope: scope.write, handle: createKey },
    {
      method: "GET",
      pattern: /^\/object-storage\/keys$/,
      scope: scope.read,
      handle: (call) =>
        page(
          [...keys.values()].map((key) => describeKey(key, "[REDACTED]")),
          call,
        ),
    },
    {
      method: "GET",
      pattern: /^\/object-storage\/keys\/(\d+)$/,
      scope: scope.read,
      handle: (call) => describeKey(keyOf(call), "[REDACTED]"),
    },
    {
      method: "DELETE",
      pattern: /^\/object-storage\/keys\/(\d+)$/,
      scope: scope.write,
      handle: (call) => void keys.delete(keyOf(call).id),
    },
    {
      method: "GET",
      pattern: /^\/object-storage\/endpoints$/,
      scope: scope.read,
      handle: (call) => page([{ region: "fr-par", endpoint_type: "E1", s3_endpoint: endpointOf("fr-par") }], call),
    },
  ];
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

function describeKey({ bucket_access: access, regions, ...key }: Key, secret: string) {
  const limited = access !== null;
  return {
    ...key,
    secret_key: secret,
    limited,
    bucket_access: access,
    regions: regions.map((id) => ({ id, s3_endpoint: endpointOf(id), endpoint_type: "E1" })),
  };
}
