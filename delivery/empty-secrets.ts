/** Secrets that an environment of GitHub's does not have. */

/** The secrets that the workflows pass on, each of which a stack may do without. */
export const passedSecrets = [
  "PULUMI_BACKEND_URL",
  "PULUMI_CONFIG_PASSPHRASE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "LINODE_TOKEN",
  "GROUNDWORK_LOKI_USER",
  "GROUNDWORK_LOKI_PASSWORD",
] as const;

/** GitHub gives an empty text for a secret that there is not; the engine would take it for a passphrase or a token. */
export function forgetEmptySecrets(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of passedSecrets) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a variable that is undefined becomes "undefined"
    if (env[name] === "") delete env[name];
  }
}
