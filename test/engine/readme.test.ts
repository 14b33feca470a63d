/**
 * The README and the first guide are followed word for word: every command of their `console` blocks is
 * run in one shell, and what it prints is compared with what stands there. Proves nothing about the
 * prose around them. Progress is left out: standard error counts only where there is no result, which is an error.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describeWithEngine, Sandbox } from "../support/sandbox";

jest.setTimeout(240_000);

const root = resolve(__dirname, "..", "..");

/** The home directory of the person in the documentation. */
const documentedHome = "/home/ada";

interface Step {
  readonly command: string;
  readonly output: string;
}

/** The steps in all `console` blocks of a page: `$ ` begins a command, `> ` goes on with it, the rest is output. */
function readSteps(page: string): Step[] {
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

/** What differs from run to run: the hash in a name, a chosen port. */
function withoutVariableParts(text: string): string {
  return text.replace(/-[0-9a-f]{6}\b/g, "-HASH").replace(/\b8[1-9]\d\d\b/g, "PORT");
}

/** A shell script that runs all steps one after the other and leaves what each printed in a file of its own. */
function scriptOf(steps: readonly Step[], folder: string): string {
  const runs = steps.map(({ command }, index) => {
    const file = join(folder, String(index));
    return `{ ${command}\n} >${file}.out 2>${file}.err </dev/null || [ -s ${file}.out ] || cat ${file}.err >>${file}.out`;
  });
  return runs.join("\n");
}

/** Runs a page's steps; the same steps, with what they really printed. An error of a failed command is among it. */
async function follow(sandbox: Sandbox, steps: readonly Step[]): Promise<Step[]> {
  const [outputs, home] = [join(sandbox.root, "outputs"), join(sandbox.root, "ada")];
  mkdirSync(outputs);
  mkdirSync(home);
  const script = join(sandbox.root, "steps.sh");
  writeFileSync(script, scriptOf(steps, outputs));
  const PATH = [join(root, "bin"), process.env["PATH"]].join(delimiter);
  await sandbox.run("bash", [script], home, { PATH });
  return steps.map(({ command }, index) => {
    const output = readFileSync(join(outputs, `${String(index)}.out`), "utf8").replace(/\n$/, "");
    return { command, output: output.replaceAll(home, documentedHome) };
  });
}

describeWithEngine("the documentation, word for word", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test.each(["README.md", "docs/guides/first-project.md", "docs/guides/many-projects.md"])(
    "%s does what it says",
    async (page) => {
      const steps = readSteps(page);
      const real = await follow(sandbox, steps);
      const comparable = ({ command, output }: Step) => ({ command, output: withoutVariableParts(output) });
      expect(real.map(comparable)).toEqual(steps.map(comparable));
    },
  );
});
