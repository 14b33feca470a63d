/** The store beside a state in a bucket, on a real S3 server. */

import { BucketStorage } from "../../delivery/storage/bucket-storage";
import { parseBackend, type BucketBackend } from "../../engine/backend";
import { laterRefusalOf } from "../support/refusal";
import { describeWithS3, S3Server } from "../support/s3-server";
import { testStorage } from "../support/storage-contract";
import { useTemporaryFolder } from "../support/temporary-folder";

jest.setTimeout(60_000);

describeWithS3("the store beside a state in a bucket", () => {
  const folder = useTemporaryFolder();
  const environment = process.env;
  let server: S3Server;

  beforeEach(async () => {
    server = await S3Server.start(folder());
    process.env = { ...environment, ...server.variables };
  });
  afterEach(async () => {
    process.env = environment;
    await server.kill();
  });

  function storage(changes: Partial<BucketBackend> = {}): BucketStorage {
    const backend = parseBackend(server.backendUrl) as BucketBackend;
    return new BucketStorage({ ...backend, prefix: "groundwork/", ...changes });
  }

  testStorage(storage);

  test("all keys with a prefix are listed, more than one answer holds too, and none of what is beside", async () => {
    const keys = Array.from({ length: 1005 }, (_, index) => `outbox/${String(index).padStart(4, "0")}`);
    const one = storage();
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => one.write(key, "")));
    }
    await storage({ prefix: "" }).write("outbox/of-someone-else", "");
    expect(await one.list("outbox/")).toEqual(keys);
  });

  test("a wrong secret key is told with the variables to set, and without the key", async () => {
    process.env["AWS_SECRET_ACCESS_KEY"] = "hunter2-hunter2";
    const refusal = await laterRefusalOf(storage().read("a"));
    expect(refusal).toMatchObject({
      code: "CONFIG_INVALID",
      suggestion: expect.stringContaining("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") as string,
    });
    expect(refusal.toText()).not.toContain("hunter2");
  });

  test("a bucket that is not there is told", async () => {
    expect(await laterRefusalOf(storage({ bucket: "not-there" }).list(""))).toMatchObject({ code: "INFRA_NOT_FOUND" });
  });

  test("a server that does not answer is told, with where to look", async () => {
    await server.kill();
    expect(await laterRefusalOf(storage().read("a"))).toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      suggestion: expect.stringContaining("PULUMI_BACKEND_URL") as string,
    });
  });

  test("a connection that breaks while the server starts again costs nothing", async () => {
    const one = storage();
    await one.write("a", "one");
    await server.kill();
    const read = one.read("a");
    await server.startAgain();
    expect(String(await read)).toBe("one");
  });
});
