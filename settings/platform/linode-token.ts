/** The token by which Linode is asked. */

import { GroundworkError } from "../errors";

/** Where Pulumi's plugin for Linode finds it: the stack's config, else the environment. */
export interface LinodeTokens {
  /** `linode:token` of the stack's config, in the clear. */
  readonly config: string | undefined;
  /** The variable LINODE_TOKEN. */
  readonly environment: string | undefined;
}

/** @throws GroundworkError CONFIG_MISSING when there is none, with the command that sets it */
export function requireLinodeToken(stack: string, { config, environment }: LinodeTokens): string {
  // An empty one counts as none for the plugin, too.
  const token = [config, environment].find((one) => one !== undefined && one !== "");
  if (token !== undefined) return token;
  throw new GroundworkError("CONFIG_MISSING", `There is no token of Linode's in the config of stack ${stack}.`, {
    suggestion: `Run \`pulumi config set --secret linode:token -s ${stack}\`; docs/guides/platform.md says how a token is made.`,
  });
}
