/** A port for a test to use. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port that is free on every address of this host, below those that the kernel gives to
 * connections (32768 on, https://docs.kernel.org/networking/ip-sysctl.html) and above those of `auto:`:
 * neither a connection that something opens nor another project takes it before the test does.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_768);
  const server = createServer().listen(port);
  try {
    await once(server, "listening");
  } catch {
    return freePort();
  }
  server.close();
  await once(server, "close");
  return port;
}
