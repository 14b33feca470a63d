/** Whether the records that a platform writes are of a domain of its account. */

import * as z from "zod";
import { GroundworkError } from "../../settings/errors";
import type { PlatformSettings } from "../../settings/platform/platform";
import { listAll, type LinodeAccess } from "./linode";

const zone = z.object({ domain: z.string() });

/**
 * Asks Linode for the account's domains, where DNS-01 or external-dns write records. Else certificates would never come, or records
 * never be written, long after all else was made.
 *
 * @param access with the token that writes the records
 * @throws GroundworkError CONFIG_INVALID when the domain is in none of them, or as {@link listAll}
 */
export async function assertDomainIsOurs(
  stack: string,
  { domain, ingress }: Pick<PlatformSettings, "domain" | "ingress">,
  access: LinodeAccess,
): Promise<void> {
  if (ingress.challenge !== "dns01" && !ingress.externalDns) return;
  const own = (await listAll(access, "/domains", zone)).map((one) => one.domain);
  if (own.some((one) => domain === one || domain.endsWith(`.${one}`))) return;
  const allowed = own.join(", ");
  const hint = own.length === 0 ? "it has none" : `allowed: what is in ${allowed}`;
  const message = `${domain} is in no domain of the account that secrets.domainToken is of; ${hint}.`;
  throw new GroundworkError("CONFIG_INVALID", `Linode does not keep the domain of stack ${stack}.`, {
    violations: [{ key: "platform.domain", message, got: domain, allowed }],
    suggestion: `Add the domain at Linode, or correct \`domain\` in Pulumi.${stack}.yaml, then run \`pulumi preview -s ${stack}\`.`,
  });
}
