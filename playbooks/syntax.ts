/** Reads what Ansible says of a playbook that it cannot read. Pure. */

/** One mistake in a playbook, a role or a file of variables. */
export interface PlaybookMistake {
  /** What is wrong, in Ansible's words, one sentence. */
  readonly message: string;
  /** The file that it is in. @default not told */
  readonly file?: string;
  /** 1-based. @default not told */
  readonly line?: number;
}

/** `The error appears to be in '/x/site.yml': line 3, column 5` of 2.14, `Origin: /x/site.yml:3:5` of 2.19. */
const places = [/appears to be in '([^']+)': line (\d+)/, /^Origin: (.+?):(\d+)(?::\d+)?$/m];

/**
 * Reads the text that `ansible-playbook` ends with when it gives up before the first task.
 *
 * @see recordings of ansible-core 2.14.18 in test/unit/playbooks
 */
export function readMistake(text: string): PlaybookMistake {
  const error = /(?:ERROR!|\[ERROR\]:) ([\s\S]*)$/.exec(text)?.[1] ?? text;
  const place = places.map((pattern) => pattern.exec(error)).find((found) => found !== null);
  const [, file, line] = place ?? [];
  return {
    message: sentence(error),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line: Number(line) }),
  };
}

/** The first line that says something; of YAML that cannot be read, what YAML says. */
function sentence(error: string): string {
  const yaml = /Syntax Error while loading YAML\.\s*(.+)/.exec(error)?.[1];
  if (yaml !== undefined) return `is not YAML: ${yaml.trim()}`;
  const lines = error.split("\n").map((line) => line.trim());
  const isVague = lines[0]?.startsWith("Unable to retrieve file contents") === true;
  return (isVague ? lines[1] : lines[0]) ?? "";
}
