/** Those who read our output may stop reading: a pipe's other end, or a terminal that is closed. */

/** The errors of a write that nobody reads any more. */
const gone: readonly (string | undefined)[] = ["EPIPE", "EIO", "ECONNRESET"];

/**
 * Goes on without a reader. What was begun is finished, and the exit status is that of the work: whoever stopped reading
 * (`vagrantp up | head -1`) did so by choice. A terminal that goes away sends SIGHUP besides, which counts as Ctrl-C.
 * A result that cannot be written for another reason, such as a full disk, is a failure.
 */
export function goOnWithoutReaders(): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (gone.includes(error.code)) return;
    process.exitCode = 1;
    process.stderr.write(`The result could not be written: ${error.message}\n`);
  });
}
