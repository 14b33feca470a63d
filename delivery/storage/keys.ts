/** The grammar of keys. */

/** Names of letters, digits, `.`, `_`, `-`, divided by slashes; none begins with a dot. */
const keyPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** @throws Error for what is no key: it could lead out of the store */
export function assertKey(key: string): void {
  if (!keyPattern.test(key)) throw new Error(`"${key}" is not a key of the store beside the state`);
}
