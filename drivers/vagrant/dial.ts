/** Whether somebody listens at a place. */

import { connect } from "node:net";

/** A TCP port of an address, or the path of a socket. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Dials a place once, and hangs up.
 *
 * @param timeout milliseconds
 * @returns `refused` where a machine is there and nobody listens; `silent` where there is no answer at all
 */
export function dial(place: Place, timeout: number): Promise<"answered" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, timeout });
    const end = (answer: "answered" | "refused" | "silent") => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once("connect", () => end("answered"))
      .once("timeout", () => end("silent"))
      .once("error", ({ code }: NodeJS.ErrnoException) => end(code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}
