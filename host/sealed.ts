/** Values that hold secrets, kept in files: encrypted by this host's key, so that a copy of the file tells nothing. */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Home } from "./home";
import { digestKey } from "./identity";

const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/** Encrypts a value that JSON can hold. */
export function seal(home: Home, value: unknown): string {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, keyOf(home), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url");
}

/** The value that {@link seal} was given; undefined when it was sealed by another key, or is damaged. */
export function unseal(home: Home, sealed: string): unknown {
  const bytes = Buffer.from(sealed, "base64url");
  const nonce = bytes.subarray(0, nonceLength);
  const tag = bytes.subarray(nonceLength, nonceLength + tagLength);
  try {
    const decipher = createDecipheriv(algorithm, keyOf(home), nonce, { authTagLength: tagLength }).setAuthTag(tag);
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]);
    return JSON.parse(text.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

/** A key of its own use: the one it is made of is for digests. */
function keyOf(home: Home): Buffer {
  return Buffer.from(hkdfSync("sha256", digestKey(home), "", "groundwork sealed values", 32));
}
