/** Records a session: a real shell on a real terminal, typed into like a person would. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Cast, Written } from "./cast";
import type { Typed } from "./session";

/** What is recorded, and where. */
export interface Recording {
  readonly title: string;
  readonly session: readonly Typed[];
  /** The folder that the shell starts in. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

const [width, height] = [80, 30];

/** Milliseconds between two keys. */
const keyMs = 35;

/** Milliseconds that a person reads before typing on. */
const readMs = 900;

/** Milliseconds after which a command that has not ended is broken. */
const patienceMs = 120_000;

/** What the shell writes before each prompt, unseen: the mark that terminals know for it, with the last status (OSC 133;D). */
const promptMark = /\u001B\]133;D;(\d+)\u0007/g;

/** The prompt that writes it, as bash takes it. */
const prompt = String.raw`\[\e]133;D;$?\a\e[1;36m\]$\[\e[0m\] `;

/**
 * Types each command, waits until the shell prompts again, and returns all that the terminal was sent, with times.
 * The terminal is that of `script`, of util-linux.
 */
export async function record({ title, session, directory, environment }: Recording): Promise<Cast> {
  const shell = spawn("script", ["--quiet", "--flush", "--command", "bash --noprofile --norc -i", "/dev/null"], {
    cwd: directory,
    env: { ...environment, PS1: "$ ", TERM: "xterm-256color", LANG: "C.UTF-8", HISTFILE: "", INPUTRC: "/dev/null" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const events: Written[] = [];
  let started = performance.now();
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    events.push([(performance.now() - started) / 1000, text]);
  });
  const ended = once(shell, "close");
  const statuses = () => {
    const text = events.map(([, written]) => written).join("");
    return [...text.matchAll(promptMark)].map(([, status]) => Number(status));
  };
  const prompted = async (count: number) => {
    const limit = performance.now() + patienceMs;
    while (statuses().length < count) {
      if (performance.now() > limit) throw new Error("the shell did not prompt again");
      await wait(20);
    }
    return statuses().at(-1);
  };
  try {
    shell.stdin.write(`stty cols ${String(width)} rows ${String(height)}; bind 'set enable-bracketed-paste off'\n`);
    shell.stdin.write(`PS1='${prompt}'; clear\n`);
    await prompted(1);
    // What made the terminal ready is no part of the session.
    const ready = events.map(([, written]) => written).join("");
    started = performance.now();
    events.splice(0, events.length, [0, ready.slice(ready.search(promptMark))]);
    for (const [index, { command, status = 0 }] of session.entries()) {
      await wait(readMs);
      for (const key of command) {
        shell.stdin.write(key);
        await wait(keyMs);
      }
      shell.stdin.write("\n");
      const ended = await prompted(index + 2);
      if (ended !== status) throw new Error(`${command} ended with ${String(ended)}, not ${String(status)}`);
    }
    await wait(readMs);
  } finally {
    shell.stdin.end("exit\n");
    await ended;
  }
  // The last prompt is the end; what follows is the shell's farewell.
  const last = events.findLastIndex(([, written]) => written.search(promptMark) !== -1);
  return { title, width, height, events: events.slice(0, last + 1) };
}
