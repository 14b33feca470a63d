/** Who logs in to a virtual machine: the user, and the key that proves it. */

import { join, resolve } from "node:path";
import { accepted, problem, quote, refused, secretProblem, type Parsed } from "./values";
import type { VolumeContext } from "./volumes";

/** Who logs in where nothing is said: every Vagrant box has this user. */
export const defaultUser = "vagrant";

/** What SSH_USER may be, in words. */
export const userAllowed = "a user's name of 1 to 32 characters a-z, 0-9, _ and -, beginning with a letter or _";
/** What SSH_KEY may be, in words. */
export const keyAllowed = "the path of a private key that only you may read (~/.ssh/id_ed25519)";

const userPattern = /^[a-z_][a-z0-9_-]{0,31}$/;
/** What OpenSSH would take for a token or an option where it reads a path from its configuration. */
const unspeakable = /["%\0\r\n]/;

/** Who logs in. */
export function parseUser(text: string): Parsed<string> {
  return userPattern.test(text) ? accepted(text) : refused(problem(text, "is not a user's name", userAllowed));
}

/** A private key's path, made absolute. A text that is no path is not shown: it might be the key itself. */
export function parseKeyFile(text: string, context: VolumeContext): Parsed<string> {
  if (text === "" || unspeakable.test(text)) return refused(secretProblem("is not a path of a key", keyAllowed));
  const path = text.startsWith("~/") ? join(context.home, text.slice(2)) : resolve(context.directory, text);
  if (context.pathExists?.(path) === false) {
    return refused(problem(text, `leads to ${quote(path)}, which does not exist on this host`, keyAllowed));
  }
  if (context.isPrivate?.(path) !== false) return accepted(path);
  return refused(problem(text, `may be read by others (\`chmod 600 ${path}\` mends it)`, keyAllowed));
}
