/** The store beside a state in a bucket: an object for each key. */

import { randomUUID } from "node:crypto";
import { NoSuchKey, NotFound, paginateListObjectsV2, S3, S3ServiceException } from "@aws-sdk/client-s3";
import pRetry from "p-retry";
import { storeError } from "../../engine/backend-errors";
import type { BucketBackend } from "../../engine/backend";
import { assertKey } from "./keys";
import type { Storage, WriteOptions } from "./storage";

/** The name under which an object tells which write it is of. */
const writeId = "groundwork-write";

/**
 * Objects of one bucket whose names begin with the backend's prefix. The key is found where Pulumi finds it: AWS's
 * variables and files. A request that fails on its way is repeated by the library, three times in all.
 */
export class BucketStorage implements Storage {
  private readonly client: S3;

  constructor(private readonly backend: BucketBackend) {
    const { endpoint, region, pathStyle } = backend;
    this.client = new S3({
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      forcePathStyle: pathStyle,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  }

  async read(key: string): Promise<Buffer | undefined> {
    const answer = await this.ask(() => ifThere(() => this.client.getObject(this.objectOf(key))));
    return answer?.Body === undefined ? undefined : Buffer.from(await answer.Body.transformToByteArray());
  }

  async write(key: string, content: string | Buffer, { onlyIfAbsent = false }: WriteOptions = {}): Promise<boolean> {
    const id = randomUUID();
    const body = { Body: content, ContentLength: Buffer.byteLength(content) };
    const object = { ...this.objectOf(key), ...body, Metadata: { [writeId]: id } };
    if (onlyIfAbsent) return await this.ask(() => this.writeIfAbsent(object, id));
    await this.ask(() => this.client.putObject(object));
    return true;
  }

  async list(prefix: string): Promise<readonly string[]> {
    const { bucket: Bucket, prefix: own } = this.backend;
    const keys: string[] = [];
    await this.ask(async () => {
      for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket, Prefix: own + prefix })) {
        keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key.slice(own.length)));
      }
    });
    return keys.sort();
  }

  async remove(key: string): Promise<void> {
    await this.ask(() => this.client.deleteObject(this.objectOf(key)));
  }

  private objectOf(key: string): { readonly Bucket: string; readonly Key: string } {
    assertKey(key);
    return { Bucket: this.backend.bucket, Key: this.backend.prefix + key };
  }

  /** A store that does not know the condition is looked at first; there, two writes at the same instant both succeed. */
  private async writeIfAbsent(object: Parameters<S3["putObject"]>[0], id: string): Promise<boolean> {
    if ((await this.writeIdOf(object)) !== undefined) return false;
    try {
      await pRetry(() => this.client.putObject({ ...object, IfNoneMatch: "*" }), {
        retries: 5,
        shouldRetry: ({ error }) => error.name === "ConditionalRequestConflict",
      });
      return true;
    } catch (error) {
      if (statusOf(error) === 501) return await this.client.putObject(object).then(() => true);
      // Ours too, where the answer to a first attempt was lost.
      if (statusOf(error) === 412) return (await this.writeIdOf(object)) === id;
      throw error;
    }
  }

  /** Undefined where there is no object; empty where the object is not of ours. */
  private async writeIdOf({ Bucket, Key }: Parameters<S3["headObject"]>[0]): Promise<string | undefined> {
    const head = await ifThere(() => this.client.headObject({ Bucket, Key }));
    return head === undefined ? undefined : (head.Metadata?.[writeId] ?? "");
  }

  /** Tells what the store refused in words that say what to do. */
  private async ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw storeError(wordsOf(error), error) ?? error;
    }
  }
}

async function ifThere<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Name, status and message: a refusal to a HEAD request has no body, and so no name of its own. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const status = statusOf(error);
  return [error.name, code, status === undefined ? undefined : `StatusCode: ${status}`, error.message]
    .filter((part) => part !== undefined && part !== "")
    .join(", ");
}
