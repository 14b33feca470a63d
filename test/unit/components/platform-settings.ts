/** Settings of platforms, for tests of their parts. */

import type { PlatformSettings } from "../../../settings/platform/platform";
import { parseStack } from "../../../settings/stack";

/** The settings that these keys of the block `groundwork:platform` give; domain, e-mail and repository have values already. */
export function platformSettings(more: object = {}): PlatformSettings {
  const secret = "0123456789abcdef0123456789abcdef";
  const config = {
    kind: "platform",
    platform: {
      ...{ domain: "example.com", email: "platform@example.com" },
      gitops: { repository: "https://github.com/example/infrastructure" },
      ...more,
    },
    secrets: { seed: secret, githubClientId: secret, githubClientSecret: secret, domainToken: secret },
  };
  const hostDefaults = { image: "", box: "" };
  const settings = parseStack(config, { stack: "prod", directory: "/", home: "/", hostDefaults });
  if (settings.kind !== "platform") throw new Error("not a platform");
  return settings.platform;
}
