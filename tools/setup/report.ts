/** Says on stdout, in a line, that a part of the set-up is ready, and what there is to note of it. */
export function ready(part: string, note: string): void {
  process.stdout.write(`${part}: ready${note === "" ? "" : ` (${note})`}\n`);
}
