/** Values of the engine's events as they may be shown: no secret among them. Pure. */

import { unknownValue } from "../../settings/instance-properties";

/** Plain data that is safe to show; undefined where there is no value. */
export type Shown =
  string | number | boolean | null | undefined | readonly Shown[] | { readonly [name: string]: Shown };

/** Stands where a secret is. */
export const secretText = "[secret]";

/** Stands for a value that only the apply finds out. */
export const unknownText = "known after apply";

/**
 * The key that marks a secret among the engine's values, and all its marks of values that a preview cannot know.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownValues: readonly unknown[] = [
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** The value with every secret and every unknown in it replaced by a word. Whatever is marked secret is taken out, also in clear. */
export function shown(value: unknown): Shown {
  if (unknownValues.includes(value)) return unknownText;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value as Shown;
  if (isSecret(value)) return secretText;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shown(part)]));
}

/** Whether an object stands for a secret, in clear or encrypted. */
export function isSecret(value: object): boolean {
  return (value as Record<string, unknown>)[signatureKey] === secretSignature;
}
