/**
 * The errors of Groundwork: one table maps each kind to its exit status and hint.
 *
 * Every layer throws {@link GroundworkError}; the command line, the MCP server and the Pulumi
 * plugin render it. Nothing else decides an exit status.
 */

/** Exit status and default hint of one kind of error. */
interface ErrorKind {
  readonly exitStatus: number;
  readonly suggestion: string;
}

const kinds = {
  CONFIG_MISSING: { exitStatus: 2, suggestion: "Run `vagrantp init` to write a commented .env." },
  CONFIG_INVALID: { exitStatus: 2, suggestion: "Correct the lines named above, then run `vagrantp validate`." },
  INFRA_EXISTS: {
    exitStatus: 3,
    suggestion:
      "Choose another INFRA_ID, or remove the other object yourself; Groundwork never touches what is not its own.",
  },
  INSUFFICIENT_RESOURCES: {
    exitStatus: 4,
    suggestion: "Lower MEMORY, or run `vagrantp stop` or `vagrantp rm` in a project named above.",
  },
  PROVIDER_NOT_AVAILABLE: {
    exitStatus: 5,
    suggestion: "Run `vagrantp doctor`: it says what is missing and how to install it.",
  },
  PORT_CONFLICT: {
    exitStatus: 6,
    suggestion: "Choose another host port in PORTS, or write `auto:` and let Groundwork choose.",
  },
  PROVISIONING_FAILED: { exitStatus: 7, suggestion: "Read the log named above, then run `vagrantp up` again." },
  INFRA_NOT_FOUND: { exitStatus: 1, suggestion: "Run `vagrantp up` first." },
  INFRA_NOT_RUNNING: { exitStatus: 1, suggestion: "Run `vagrantp up` to start it." },
  SSH_CONNECTION_FAILED: { exitStatus: 1, suggestion: "Run `vagrantp status` to see whether the instance is running." },
  LOCKED: { exitStatus: 1, suggestion: "Wait for the other run to end, then run the same command again." },
  POLICY_VIOLATED: { exitStatus: 1, suggestion: "Change what is named above, or let it pass as each line says." },
  PLAN_REFUSED: {
    exitStatus: 1,
    suggestion: "Run `bin/delivery preview` for a new plan, have it approved, and apply that one.",
  },
  ENGINE_FAILED: { exitStatus: 1, suggestion: "Read the message above; `vagrantp doctor` checks the set-up." },
} as const satisfies Record<string, ErrorKind>;

/** The kinds of error of the contract. */
export type ErrorCode = keyof typeof kinds;

/** All kinds of error, in the order of the table. */
export const errorCodes = Object.keys(kinds) as readonly ErrorCode[];

/** One thing that is wrong, inside an error that reports several. All fields but `message` only where known. */
export interface Violation {
  /** What, got, allowed: one sentence. */
  readonly message: string;
  /** The key as the user wrote it, e.g. `MEMORY` or `instances.web.memory`. */
  readonly key?: string;
  /** 1-based line in the file that the user wrote. */
  readonly line?: number;
  /** What was given. Never a secret. */
  readonly got?: string;
  /** What is allowed. */
  readonly allowed?: string;
}

/** What a {@link GroundworkError} carries besides its code and message. */
export interface ErrorContent {
  /** All violations found, not the first alone. @default none */
  readonly violations?: readonly Violation[];
  /** Facts for programs: numbers, names, paths. Never a secret. @default none */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The command or change that mends it. @default the hint of the code's row in the table */
  readonly suggestion?: string | undefined;
  /** What was caught, for a log. @default none */
  readonly cause?: unknown;
}

/** The error object of the contract, as printed with `--json` and returned over MCP. */
export interface ErrorObject {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
    readonly suggestion: string;
  };
}

/** How the parts of an error for people are shown. */
export interface TextStyle {
  readonly message: (text: string) => string;
  readonly suggestion: (text: string) => string;
}

const plainText: TextStyle = { message: (text) => text, suggestion: (text) => text };

/** An error that a user can act on. Its message is one sentence; each violation is one more line. */
export class GroundworkError extends Error {
  readonly code: ErrorCode;
  readonly violations: readonly Violation[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly suggestion: string;

  constructor(code: ErrorCode, message: string, content: ErrorContent = {}) {
    super(message, { cause: content.cause });
    this.name = "GroundworkError";
    this.code = code;
    this.violations = content.violations ?? [];
    this.details = content.details ?? {};
    this.suggestion = content.suggestion ?? kinds[code].suggestion;
  }

  /** The exit status of the contract, 1 to 7. */
  get exitStatus(): number {
    return kinds[this.code].exitStatus;
  }

  /** The error as the contract's JSON object; violations appear under `details.violations`. */
  toObject(): ErrorObject {
    const violations = this.violations.length > 0 ? { violations: this.violations } : {};
    return {
      error: {
        code: this.code,
        message: this.message,
        details: { ...this.details, ...violations },
        suggestion: this.suggestion,
      },
    };
  }

  /**
   * The error for people: the message, a line for each violation, and the fix as the last line. Control characters,
   * which a path, a setting or a program's message may hold, are shown and not sent to the terminal.
   */
  toText({ message, suggestion }: TextStyle = plainText): string {
    const lines = this.violations.map((violation) =>
      printable(`  ${describeViolation(violation)}`).replaceAll("\n", "\\n"),
    );
    return [message(printable(this.message)), ...lines, suggestion(printable(this.suggestion))].join("\n");
  }
}

/** All but tabs and line ends. U+2028 and U+2029 end a line too. */
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

function printable(text: string): string {
  return text.replace(controlCharacter, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** One violation as one line: `line 3: MEMORY: …`. */
export function describeViolation(violation: Violation): string {
  const place = [violation.line === undefined ? undefined : `line ${String(violation.line)}`, violation.key];
  return [...place.filter((part) => part !== undefined), violation.message].join(": ");
}

/** The exit status a code maps to. */
export function exitStatusOf(code: ErrorCode): number {
  return kinds[code].exitStatus;
}

/** Whatever was thrown, for people and whole: of an error of ours with its violations and what mends it. */
export function textOf(error: unknown): string {
  return error instanceof GroundworkError ? error.toText() : messageOf(error);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
