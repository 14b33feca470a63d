/** How an instance's ports are reached from this host. Pure. */

import type { ReportedPort } from "../settings/instance-report";

/**
 * Ports inside that speak something else than HTTP: ftp, ssh, telnet, smtp, dns, pop3, ldap, smb, imaps, mssql, oracle,
 * nfs, mysql, rdp, postgres, amqp, vnc, redis, kafka, memcached, mongodb. From IANA's registry of service names.
 */
const notWeb = new Set([
  21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2049, 3306, 3389, 5432, 5672, 5900,
  6379, 9092, 11211, 27017,
]);

const tls = new Set([443, 8443]);

/** The address that leads to the port from this host: what any address reaches is reached at loopback. */
export function reachableAddress({ address }: Pick<ReportedPort, "address">): string {
  return address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;
}

/** `127.0.0.1:8100`; an IPv6 address stands in brackets. */
export function socketOf(port: ReportedPort): string {
  const address = reachableAddress(port);
  return `${address.includes(":") ? `[${address}]` : address}:${port.host}`;
}

/** The URL of a port that a browser may understand; undefined for UDP and for services known to be something else. */
export function urlOf(port: ReportedPort): string | undefined {
  if (port.protocol !== "tcp" || notWeb.has(port.inside)) return undefined;
  return `${tls.has(port.inside) ? "https" : "http"}://${socketOf(port)}`;
}
