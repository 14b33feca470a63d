/** Small readings of text that several parts of set-up share. */

/** The last line that holds something, trimmed; undefined when there is none. */
export function lastLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .at(-1);
}

/** The first dotted number in a text: `podman version 4.3.1` and `v4.3.1` give `4.3.1`. */
export function findVersion(text: string): string | undefined {
  return /\d+(\.\d+)+/.exec(text)?.[0];
}

/** Whether a dotted version is the least allowed one or newer. Both have dots and digits alone. */
export function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}
