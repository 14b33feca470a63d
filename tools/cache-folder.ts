import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for what can be made again: the engine, compiled code. Never inside the checkout.
 *
 * @default `$GROUNDWORK_CACHE`, else `$XDG_CACHE_HOME/groundwork`, else `~/.cache/groundwork`
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { GROUNDWORK_CACHE: own, XDG_CACHE_HOME: xdg } = environment;
  if (own) return own;
  return join(xdg || join(homedir(), ".cache"), "groundwork");
}
