/** `bin/platform destroy`. */

import { deliveryWorkspace } from "../../delivery/workspace";
import { say } from "../setup/processes";
import { destroyPlatform } from "./destroy/destroy";

/** What the command line says. */
export interface DestroyCommand {
  readonly stack: string;
  /** @default what would stay is shown, and nothing is removed */
  readonly yes?: boolean;
}

/** Destroys a stack; without a yes ends with exit status 1, as whoever runs it in a script must not take it for done. */
export async function destroyCommand({ stack, yes = false }: DestroyCommand): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, interrupt);
  const workspace = deliveryWorkspace(stack);
  const show = (text: string) => void process.stdout.write(`${text}\n`);
  if (await destroyPlatform({ workspace, yes, show, say, signal: interrupted.signal })) return;
  say(`Nothing has been removed. Run \`bin/platform destroy -s ${stack} --yes\` to destroy the stack.`);
  process.exitCode = 1;
}
