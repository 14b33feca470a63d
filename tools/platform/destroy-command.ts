/** `bin/platform destroy`. */

import { deliveryWorkspace } from "../../delivery/workspace";
import { say } from "../setup/processes";
import { destroyPlatform } from "./destroy/destroy";
import { interruption } from "./interruption";

/** What the command line says. */
export interface DestroyCommand {
  readonly stack: string;
  /** @default what would stay is shown, and nothing is removed */
  readonly yes?: boolean;
}

/** Destroys a stack; without a yes ends with exit status 1, as whoever runs it in a script must not take it for done. */
export async function destroyCommand({ stack, yes = false }: DestroyCommand): Promise<void> {
  const signal = interruption();
  const workspace = deliveryWorkspace(stack);
  const show = (text: string) => void process.stdout.write(`${text}\n`);
  if (await destroyPlatform({ workspace, yes, show, say, signal })) return;
  say(`Nothing has been removed. Run \`bin/platform destroy -s ${stack} --yes\` to destroy the stack.`);
  process.exitCode = 1;
}
