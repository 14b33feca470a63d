/** Progress on standard error: one line that is rewritten at a terminal, a line a message elsewhere. */

import type { WriteStream } from "node:tty";

/** Shows what is being done. */
export interface ProgressLine {
  show(message: string): void;
  /** Takes the line away, so that the result stands alone. */
  clear(): void;
}

/**
 * @param quiet shows nothing: with `--json` the result is all there is
 */
export function createProgressLine(stream: WriteStream, quiet: boolean): ProgressLine {
  if (quiet) return { show: () => undefined, clear: () => undefined };
  if (!stream.isTTY) return { show: (message) => stream.write(`${message}\n`), clear: () => undefined };
  const clear = () => stream.write("\r\u001B[K");
  return {
    show: (message) => {
      clear();
      stream.write(`${message} ...`);
    },
    clear,
  };
}
