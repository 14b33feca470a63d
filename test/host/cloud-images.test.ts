/** Cloud images from a real server: verified, resumed, made once, and refused with a sentence. */

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findImage, type ImageOptions } from "../../drivers/cloud-images/image-file";
import type { Checksum } from "../../settings/cloud-image";
import { exitStatusOf, GroundworkError } from "../../settings/errors";
import { until } from "../engine/support-outcome";
import { describeWithMounts, SmallDisk } from "../support/small-disk";

/** A file with the header of a qcow2 disk of 3 GiB. */
const content = Buffer.concat([qcow2Header(), randomBytes(300_000)]);
const checksum: Checksum = { algorithm: "sha256", hex: createHash("sha256").update(content).digest("hex") };

function qcow2Header(backingFileAt = 0n): Buffer {
  const header = Buffer.alloc(104);
  header.write("QFI\u00fb", "latin1");
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(backingFileAt, 8);
  header.writeBigUInt64BE(3n * 2n ** 30n, 24);
  return header;
}

let folder: string;
let server: Server;
let address: string;
/** The first byte that each request asked for. */
let asked: number[];
/** How the server sends what is asked for. */
let send: (response: ServerResponse, start: number) => void;

const sendRest = (response: ServerResponse, start: number) => {
  const rest = content.subarray(start);
  const range = start > 0 ? { "content-range": `bytes ${String(start)}-${String(content.length - 1)}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { "content-length": rest.length, ...range }).end(rest);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-images-"));
  asked = [];
  send = sendRest;
  server = createServer((request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    asked.push(start);
    send(response, start);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/debian.qcow2`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

function fetchImage(changes: Partial<Checksum> = {}, options: Partial<ImageOptions> = {}) {
  return findImage({ source: address, checksum: { ...checksum, ...changes }, packages: [] }, { folder, ...options });
}

async function refusal(promise: Promise<unknown>): Promise<GroundworkError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GroundworkError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

test("an image is downloaded whole and kept under its checksum", async () => {
  const image = await fetchImage();
  expect(readFileSync(image.path).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual([`sha256-${checksum.hex}.qcow2`]);
});

test("the size of the disk inside is told", async () => {
  expect((await fetchImage()).virtualBytes).toBe(3 * 2 ** 30);
});

test("an image that is here is not downloaded again", async () => {
  await fetchImage();
  await fetchImage();
  expect(asked).toHaveLength(1);
});

test("a download tells how far it is", async () => {
  const told: (readonly [number, number | undefined])[] = [];
  await fetchImage({}, { progress: (received, total) => told.push([received, total]) });
  expect(told.at(-1)).toEqual([content.length, content.length]);
});

test("a download that was cut off goes on where it ended", async () => {
  send = (response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 100_000));
  };
  const cutOff = refusal(fetchImage());
  await until("the first part is written", () =>
    readdirSync(folder).some((name) => statSync(join(folder, name)).size === 100_000),
  );
  server.closeAllConnections();
  const error = await cutOff;
  send = sendRest;
  const image = await fetchImage();
  expect(error.message).toMatch(/^http:.*debian\.qcow2 could not be downloaded: /);
  expect(asked).toEqual([0, 100_000]);
  expect(readFileSync(image.path).equals(content)).toBe(true);
});

test("a server that cannot go on sends the whole again", async () => {
  writeFileSync(join(folder, `sha256-${checksum.hex}.qcow2.part-${String(process.pid)}`), "begun");
  send = (response) => response.writeHead(200).end(content);
  const image = await fetchImage();
  expect(readFileSync(image.path).equals(content)).toBe(true);
});

test("what a process that is gone received is taken over", async () => {
  const gone = 2 ** 22 + 1;
  writeFileSync(join(folder, `sha256-${checksum.hex}.qcow2.part-${String(gone)}`), content.subarray(0, 50_000));
  await fetchImage();
  expect(asked).toEqual([50_000]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test("a wrong checksum is refused with both sums, and nothing is kept", async () => {
  const hex = "0".repeat(64);
  const error = await refusal(fetchImage({ hex }));
  expect(exitStatusOf(error.code)).toBe(2);
  expect(error.message).toBe(
    `${address} is not the image that BOX_CHECKSUM names: its sha256 is ${checksum.hex}, not ${hex}.`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("an image that the server does not have is told by the server's status", async () => {
  send = (response) => response.writeHead(404).end();
  expect((await refusal(fetchImage())).message).toBe(
    `${address} could not be downloaded: the server answers with status 404.`,
  );
});

test("a server out of reach is told with what was tried", async () => {
  server.close();
  server.closeAllConnections();
  const error = await refusal(fetchImage());
  expect([error.code, error.message]).toEqual(["CONFIG_INVALID", expect.stringContaining("ECONNREFUSED")]);
});

test("a server that falls silent is not waited for", async () => {
  send = (response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 1000));
  };
  const error = await refusal(fetchImage({}, { stallSeconds: 0.2 }));
  expect(error.message).toContain("nothing was heard for 0.2 s");
});

test("an image that does not fit on the disk is refused before it is begun", async () => {
  send = (response) => response.writeHead(200, { "content-length": 2 ** 55 }).end("x");
  const error = await refusal(fetchImage());
  expect([error.code, readdirSync(folder)]).toEqual(["INSUFFICIENT_RESOURCES", []]);
  expect(error.message).toMatch(/has no room for http.*: \d+ MiB are still to come, \d+ MiB are free\.$/);
});

describeWithMounts("a disk that becomes full in the middle", () => {
  let disk: SmallDisk;

  beforeEach(() => {
    disk = new SmallDisk("128k");
  });

  afterEach(() => {
    disk.remove();
  });

  test("is told as that, and gets its room back", async () => {
    send = (response) => response.writeHead(200).end(content);
    const error = await refusal(fetchImage({}, { folder: disk.directory }));
    expect([error.code, error.message]).toEqual(["INSUFFICIENT_RESOURCES", `The disk has no room for ${address}.`]);
    expect(readdirSync(disk.directory)).toEqual([]);
  });
});

function localImage(bytes: Buffer): string {
  const path = join(folder, "local.qcow2");
  writeFileSync(path, bytes);
  return path;
}

test("a file of this host is used where it lies, and told by its digest", async () => {
  const path = localImage(content);
  const image = await findImage({ source: path, checksum: undefined, packages: [] }, { folder });
  expect(image).toEqual({ path, checksum, virtualBytes: 3 * 2 ** 30 });
});

test("a file of this host must have the checksum that was given", async () => {
  const wrong = { algorithm: "sha512", hex: "0".repeat(128) } as const;
  const error = await refusal(findImage({ source: localImage(content), checksum: wrong, packages: [] }, { folder }));
  expect(error.message).toContain("is not the image that BOX_CHECKSUM names: its sha512 is ");
});

test("a file that is not there is told by its path", async () => {
  const path = join(folder, "missing.qcow2");
  const error = await refusal(findImage({ source: path, checksum: undefined, packages: [] }, { folder }));
  expect(error.message).toBe(`The cloud image ${path} does not exist on this host.`);
});

test("a file of another kind is refused", async () => {
  const error = await refusal(
    findImage({ source: localImage(randomBytes(500)), checksum: undefined, packages: [] }, { folder }),
  );
  expect(error.message).toBe("The cloud image local.qcow2 is not a qcow2 file.");
});

test("an image that would read another file of this host is refused", async () => {
  const error = await refusal(
    findImage({ source: localImage(qcow2Header(104n)), checksum: undefined, packages: [] }, { folder }),
  );
  expect(error.message).toContain("names another file that it needs");
});
