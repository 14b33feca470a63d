/**
 * Completion in bash, zsh and fish: the shells ask `vagrantp complete -- WORDS…`, which the declared commands answer.
 * The library is loaded only when it is asked for.
 */

import { Argument, type Command } from "commander";

const shells = ["bash", "zsh", "fish"];

/**
 * Adds `completion SHELL`, which prints a shell's script, and the hidden `complete`, which that script calls.
 *
 * @param declared makes the command line whose words are completed
 */
export function addCompletion(program: Command, declared: () => Command): void {
  program
    .command("completion")
    .description("print the script that completes commands and options in your shell")
    .addArgument(new Argument("<shell>").choices(shells))
    .action(async (shell: string) => {
      const { script } = await import("@bomb.sh/tab");
      script(shell, "vagrantp", "vagrantp");
    });
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => {
      const { default: answersOf } = await import("@bomb.sh/tab/commander");
      answersOf(declared(), { completionCommandName: "completion" }).parse(words);
    });
}
