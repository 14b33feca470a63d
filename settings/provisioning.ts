/** The Ansible playbook that sets up the inside of an instance, and its variables. */

import { join, resolve } from "node:path";
import { accepted, acceptedUnless, problem, refused, secretProblem, splitList, type Parsed } from "./values";
import type { VolumeContext } from "./volumes";

/** What sets up the inside of an instance. */
export interface Provisioning {
  /** The playbook's absolute path. */
  readonly playbook: string;
  /** The absolute path of a YAML or JSON file with variables. @default none */
  readonly varsFile?: string;
  /** Variables by name; they win over the file's. Secret: never on a command line, in a log or in a message. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Where variables of a playbook come from. */
export type PlaybookVars = Omit<Provisioning, "playbook">;

/** What paths stand on. */
export type PathContext = VolumeContext;

/** What PROVISIONING_PLAYBOOK may be, in words. */
export const playbookAllowed = "the path of an Ansible playbook (playbook.yml, ./playbooks/site.yml)";

/** What PROVISIONING_VARS may be, in words. */
export const varsAllowed = "the path of a YAML or JSON file (vars.yml), or a comma-separated list of name=value";

/** What `--extra-vars` may be, in words. */
const extraVarsAllowed = "a comma-separated list of name=value";

/** What Ansible takes for a variable's name. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a text is a list of variables rather than a path. */
const listPattern = /^\s*[^=/,]*=/;

/** The playbook's absolute path. */
export function parsePlaybook(text: string, context: PathContext): Parsed<string> {
  return parseFile(text, playbookAllowed, context);
}

/** A list where the first entry has a `=` before any `/`; the path of a file otherwise. */
export function parsePlaybookVars(text: string, context: PathContext): Parsed<PlaybookVars> {
  if (text.trim() === "") return accepted({ variables: {} });
  if (listPattern.test(text)) {
    const list = parseVariables(text);
    return list.ok ? accepted({ variables: list.value }) : list;
  }
  const file = parseFile(text, varsAllowed, context);
  return file.ok ? accepted({ varsFile: file.value, variables: {} }) : file;
}

/** Variables by name. A value ends at the next comma and may hold `=`; it is never shown. */
export function parseVariables(text: string): Parsed<Record<string, string>> {
  const entries = splitList(text).map((entry) => {
    const at = entry.indexOf("=");
    return at < 0 ? ([undefined, ""] as const) : ([entry.slice(0, at).trim(), entry.slice(at + 1).trim()] as const);
  });
  const problems = entries.flatMap(([name], index) => {
    const what = mistakeOf(
      name,
      entries.slice(0, index).map(([other]) => other),
    );
    return what === undefined ? [] : [secretProblem(`entry ${String(index + 1)} ${what}`, extraVarsAllowed)];
  });
  return acceptedUnless(problems, Object.fromEntries(entries) as Record<string, string>);
}

/** Says nothing of what stands there: a piece of a value that holds a comma looks like an entry. */
function mistakeOf(name: string | undefined, earlier: readonly (string | undefined)[]): string | undefined {
  if (name === undefined) return 'has no "="';
  if (!namePattern.test(name)) return "does not begin with a variable's name (letters, digits and _, no digit first)";
  return earlier.includes(name) ? "sets a variable that is set before" : undefined;
}

function parseFile(text: string, allowed: string, { directory, home, pathExists }: PathContext): Parsed<string> {
  if (text.trim() === "" || text.includes("\0")) return refused(problem(text, "is not a path", allowed));
  const path = text.startsWith("~/") ? resolve(join(home, text.slice(2))) : resolve(directory, text);
  if (pathExists?.(path) === false) return refused(problem(text, `does not exist (${path})`, allowed));
  return accepted(path);
}
