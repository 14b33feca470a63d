/** Completion, as the shells themselves do it with the script that `vagrantp completion` prints. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { x } from "tinyexec";

jest.setTimeout(60_000);

const programs = resolve(__dirname, "..", "..", "bin");
const bashCompletion = "/usr/share/bash-completion/bash_completion";

let home = "";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "groundwork-completion-"));
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Runs a script in a shell that reads no settings of the user's, and returns what it prints. */
async function runIn(shell: string, options: readonly string[], script: string): Promise<string> {
  const env = { PATH: [programs, process.env["PATH"]].join(delimiter), HOME: home, TERM: "dumb" };
  const { stdout } = await x(shell, [...options, script], { nodeOptions: { env, stdio: "pipe" }, timeout: 20_000 });
  return stdout;
}

/** What each shell offers for these words, the last of which is being typed; at a terminal one must wait for what is expected. */
const offers: Readonly<Record<string, (words: readonly string[], expected: string) => Promise<string>>> = {
  bash: (words) =>
    runIn(
      "bash",
      ["--norc", "-c"],
      `source ${bashCompletion}; source <(vagrantp completion bash)
       COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}
       COMP_LINE="${words.join(" ")}"; COMP_POINT=\${#COMP_LINE}
       __vagrantp_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ),
  fish: (words) =>
    runIn(
      "fish",
      ["--no-config", "-c"],
      `vagrantp completion fish | source; complete --do-complete '${words.join(" ")}'`,
    ),
  // A shell at a terminal of its own: what it shows after the Tab is what was typed and what it added.
  zsh: (words, expected) =>
    runIn(
      "zsh",
      ["-f", "-c"],
      `zmodload zsh/zpty
       zpty inner zsh -f -i
       zpty -w inner 'autoload -U compinit; compinit -D -u; source <(vagrantp completion zsh); echo RE""ADY'
       zpty -r inner shown '*READY*'
       zpty -w -n inner $'${words.join(" ")}\\t'
       zpty -r inner shown '*${expected}*'
       print -r -- "$shown"; zpty -d inner`,
    ),
};

const isThere: Readonly<Record<string, boolean>> = {
  bash: existsSync(bashCompletion),
  fish: existsSync("/usr/bin/fish"),
  zsh: existsSync("/usr/bin/zsh"),
};

describe.each(Object.entries(offers))("%s", (shell, offer) => {
  const check = isThere[shell] === true ? test : skipSaying(`${shell} and its completion are not on this host`);

  check("completes a verb", async () => {
    expect(await offer(["vagrantp", "statu"], "status")).toContain("status");
  });

  check("completes a verb's own option", async () => {
    expect(await offer(["vagrantp", "stop", "--for"], "--force")).toContain("--force");
  });
});

function skipSaying(reason: string): jest.It {
  process.stderr.write(`skipped: ${reason}\n`);
  return test.skip;
}
