/** Listens on a port that the system chooses: `tcp|udp address`. Says which. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

const [protocol, host = ""] = process.argv.slice(2);
if (protocol === "udp") {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.bind(0, host, () => process.send?.(socket.address().port));
} else {
  const server = createServer().listen({ port: 0, host, ipv6Only: host.includes(":") }, () => {
    process.send?.((server.address() as AddressInfo).port);
  });
}
