/** Settings and secrets of platforms, for tests of their parts. */

import type { PlatformSettings } from "../../../settings/platform/platform";
import type { PlatformSecrets } from "../../../settings/platform/secrets";
import { parseStack } from "../../../settings/stack";

/** What the least of platforms has. */
export const seed = "0123456789abcdef0123456789abcdef";

/** Every secret that there is. */
export const allSecrets: Readonly<Record<keyof PlatformSecrets, string>> = {
  seed,
  repository: "the-repository-token",
  githubClientId: "the-github-client-id",
  githubClientSecret: "the-github-client-secret",
  domainToken: "the-domain-token",
  alertWebhook: "https://hooks.example.com/the-alert-webhook",
};

/** Keys of the block `groundwork:platform`; what is under `gitops` goes over a repository. */
export type GivenPlatform = Readonly<Record<string, unknown>> & { readonly gitops?: object };

/** The settings that these keys give; domain, e-mail and repository have values already. */
export function platformSettings({ gitops, ...more }: GivenPlatform = {}): PlatformSettings {
  const config = {
    kind: "platform",
    platform: {
      domain: "example.com",
      email: "platform@example.com",
      gitops: { repository: "https://github.com/example/infrastructure", ...gitops },
      ...more,
    },
    secrets: allSecrets,
  };
  const hostDefaults = { image: "", box: "" };
  const settings = parseStack(config, { stack: "prod", directory: "/", home: "/", hostDefaults });
  if (settings.kind !== "platform") throw new Error("not a platform");
  return settings.platform;
}
