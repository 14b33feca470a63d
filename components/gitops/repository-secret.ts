/** How ArgoCD gets into the repository. Pure. */

/** The data of a Secret of type repository; https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#repositories */
export function repositoryData(url: string, credential: string): Readonly<Record<string, string>> {
  const common = { type: "git", url };
  // With a token the name does not matter to GitHub and GitLab, but it may not be empty.
  return url.startsWith("https://")
    ? { ...common, username: "git", password: credential }
    : { ...common, sshPrivateKey: credential };
}
