/** The zones of Linode's name servers. */

import { callsAbout, page, type Route } from "./route";

/** An account's zones; it has none at first. */
export class Domains {
  private readonly names: string[] = [];

  /** Makes one. */
  add(name: string): void {
    this.names.push(name);
  }

  /** The calls about them. */
  get routes(): readonly Route[] {
    return [callsAbout("domains").get(/^\/domains$/, (call) => page(this.names.map(describe), call))];
  }
}

function describe(domain: string, index: number) {
  return {
    id: 3000 + index,
    domain,
    type: "master",
    status: "active",
    description: null,
    tags: [],
    soa_email: `admin@${domain}`,
    axfr_ips: [],
    master_ips: [],
    expire_sec: 0,
    refresh_sec: 0,
    retry_sec: 0,
    ttl_sec: 0,
  };
}
