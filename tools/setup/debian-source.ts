/** Where this system's own packages come from, read from apt's configuration. Pure. */

/** What debootstrap is told. */
export interface DebianSource {
  readonly mirror: string;
  /** The release's code name. */
  readonly suite: string;
}

/**
 * The package source of the release itself, not of its updates.
 *
 * @param targets `apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)'`
 * @returns undefined when apt has no `main` of that release
 */
export function chooseDebianSource(targets: string, codename: string): DebianSource | undefined {
  const fields = targets
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, suite, component]) => suite === codename && component === "main");
  return fields?.[0] === undefined ? undefined : { mirror: fields[0], suite: codename };
}

/** The variables of /etc/os-release; values are bare or in double or single quotes. */
export function parseOsRelease(text: string): Readonly<Record<string, string>> {
  const pairs = text.split("\n").flatMap((line) => {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());
    return match === null ? [] : [[match[1] ?? "", match[3] ?? ""] as const];
  });
  return Object.fromEntries(pairs);
}
