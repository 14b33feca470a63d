/**
 * Pages of the documentation, followed word for word: the commands of their `console` blocks are run by one reader, one
 * after another, and what they print is compared with what stands there. Proves nothing about the prose around them.
 * Progress is left out: standard error counts only where there is no result, which is an error.
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Sandbox } from "../support/sandbox";

const root = resolve(__dirname, "..", "..");

/** The home directory of the person in the documentation. */
const documentedHome = "/home/ada";

/** A command, and what it prints. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

/** The steps in all `console` blocks of a page: `$ ` begins a command, `> ` goes on with it, the rest is output. */
export function readSteps(page: string): Step[] {
  const blocks = readFileSync(join(root, page), "utf8").matchAll(/^```console\n([^]*?)^```$/gm);
  const text = [...blocks].map(([, block]) => block).join("");
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [first = "", ...lines] = step.replace(/\n$/, "").split("\n");
      const end = lines.findIndex((line) => !line.startsWith("> "));
      const more = end === -1 ? lines : lines.slice(0, end);
      const output = end === -1 ? [] : lines.slice(end);
      return { command: [first, ...more.map((line) => line.slice(2))].join("\n"), output: output.join("\n") };
    });
}

/** The steps without what differs from run to run: the hash in a name, a chosen port, a digest. */
export function comparable(steps: readonly Step[]): readonly Step[] {
  return steps.map(({ command, output }) => ({ command, output: withoutVariableParts(output) }));
}

function withoutVariableParts(text: string): string {
  return text
    .replace(/-[0-9a-f]{6}\b/g, "-HASH")
    .replace(/\b8[1-9]\d\d\b/g, "PORT")
    .replace(/\b(sha256|sha512):[0-9a-f]+…?/g, "$1:DIGEST");
}

/** Somebody with a home of their own who follows pages, each where the last one ended. */
export class Reader {
  /** The reader's home. */
  readonly home: string;
  private directory: string;

  constructor(private readonly sandbox: Sandbox) {
    this.home = join(sandbox.root, "ada");
    this.directory = this.home;
    mkdirSync(this.home);
  }

  /** Runs these steps. @returns the same steps, with what they really printed; an error of a failed command is among it */
  async follow(steps: readonly Step[]): Promise<Step[]> {
    const outputs = mkdtempSync(join(this.sandbox.root, "outputs-"));
    const [script, end] = [join(outputs, "steps.sh"), join(outputs, "end")];
    writeFileSync(script, `${scriptOf(steps, outputs)}\npwd >${end}\n`);
    const PATH = [join(root, "bin"), process.env["PATH"]].join(delimiter);
    await this.sandbox.run("bash", [script], this.directory, { PATH });
    if (existsSync(end)) this.directory = readFileSync(end, "utf8").trim();
    return steps.map(({ command }, index) => {
      const output = readFileSync(join(outputs, String(index)), "utf8").replace(/\n$/, "");
      return { command, output: output.replaceAll(this.home, documentedHome) };
    });
  }
}

/** A shell script that runs all steps one after the other and leaves what each printed in a file of its own. */
function scriptOf(steps: readonly Step[], folder: string): string {
  const runs = steps.map(({ command }, index) => {
    const file = join(folder, String(index));
    return `{ ${command}\n} >${file} 2>${file}.err </dev/null || [ -s ${file} ] || cat ${file}.err >>${file}`;
  });
  return runs.join("\n");
}
