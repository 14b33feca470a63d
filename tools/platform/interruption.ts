/** What asks a command to stop. */

/** Aborted at the first Ctrl-C or SIGTERM; a second one of the same kind ends the program at once. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  return interrupted.signal;
}
