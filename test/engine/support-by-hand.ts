/** What a person may do to a container behind the tool's back, with podman alone. */

import type { Sandbox } from "../support/sandbox";

/** The value that {@link tokenLine} sets; a secret, so it must appear in no output. */
export const tokenValue = "drift-hunter2";

/** A line of an `.env` that sets a variable inside the instance. */
export const tokenLine = `ENV_TOKEN=${tokenValue}`;

/** Changes the arguments that a container was made with. */
export type Edit = (parameters: readonly string[]) => readonly string[];

/** Another value for an option, found by its name and the beginning of its old value. */
export function withOption(option: string, oldBeginning: string, value: string): Edit {
  return (parameters) => {
    const at = findOption(parameters, option, oldBeginning);
    return parameters.toSpliced(at + 1, 1, value);
  };
}

/** Takes an option and its value out. */
export function withoutOption(option: string, oldBeginning: string): Edit {
  return (parameters) => parameters.toSpliced(findOption(parameters, option, oldBeginning), 2);
}

function findOption(parameters: readonly string[], option: string, beginning: string): number {
  const at = parameters.findIndex((each, index) => each === option && parameters[index + 1]?.startsWith(beginning));
  if (at === -1) throw new Error(`podman was not given ${option} ${beginning}…: ${parameters.join(" ")}`);
  return at;
}

/**
 * Removes a container and makes it again with the same arguments, labels among them, but for an
 * edit. Its only variable is the one of {@link tokenLine}.
 *
 * @returns the new container's id
 */
export async function makeAgain(sandbox: Sandbox, name: string, edit: Edit): Promise<string> {
  const made = JSON.parse(
    await sandbox.podman("inspect", "--format", "{{json .Config.CreateCommand}}", name),
  ) as string[];
  const parameters = withVariable(made.slice(1));
  await sandbox.podman("rm", "--force", "--time", "0", name);
  const id = await sandbox.podman(...edit(parameters));
  sandbox.removeLater(id);
  await sandbox.podman("start", id);
  return id;
}

/** Gives the variable on the command line; the tool gave it on a standard input that is gone. */
function withVariable(parameters: readonly string[]): readonly string[] {
  const options = ["--env-file", "--env", "--unsetenv"].flatMap((option) =>
    parameters.includes(option) ? [parameters.indexOf(option)] : [],
  );
  const [at] = options;
  if (at === undefined) throw new Error(`podman was given no variable: ${parameters.join(" ")}`);
  return parameters.toSpliced(at, 2, "--env", `TOKEN=${tokenValue}`);
}

/** A second image with the default one's content, under a name of its own. */
export async function makeImage(sandbox: Sandbox, from: string, image: string): Promise<void> {
  const container = await sandbox.podman("create", from, "true");
  sandbox.removeLater(container);
  await sandbox.podman("commit", "--quiet", container, image);
}
