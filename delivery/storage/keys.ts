/** The grammar of keys. */

/** Names of letters, digits, `.`, `_` and `-`, none of dots alone, divided by slashes. */
const keyPattern = /^((?!\.+(\/|$))[\w.-]+(\/(?!$)|$))+$/;

/** @throws Error for what is no key: it could lead out of the store */
export function assertKey(key: string): void {
  if (!keyPattern.test(key)) throw new Error(`"${key}" is not a key of the store beside the state`);
}
