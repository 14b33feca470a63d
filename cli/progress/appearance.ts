/** How a stream may be written to: rewritten or not, in colours or not, in which characters. Pure. */

import { styleText } from "node:util";

/** What a stream and the environment allow. */
export interface Appearance {
  /** Whether a line may be rewritten and the cursor moved. */
  readonly animated: boolean;
  /** Whether colours are written. */
  readonly coloured: boolean;
  /** Whether characters beyond ASCII can be shown. */
  readonly unicode: boolean;
}

/** Colours a text, or leaves it as it is. */
export type Paint = (style: "bold" | "cyan" | "dim" | "green" | "red", text: string) => string;

/**
 * Reads what a stream allows. NO_COLOR, when it is not empty, takes colours away whatever else is set
 * (https://no-color.org); else FORCE_COLOR, when it is neither empty nor 0, gives them; else a terminal has them
 * unless it is dumb. A CI's terminal is a log: nothing is rewritten there.
 */
export function appearanceOf(isTerminal: boolean, environment: NodeJS.ProcessEnv): Appearance {
  const isSet = (name: string) => !["", "0", "false", undefined].includes(environment[name]);
  const terminal = isTerminal && environment["TERM"] !== "dumb";
  const forced = isSet("FORCE_COLOR");
  return {
    animated: terminal && !isSet("CI"),
    coloured: (environment["NO_COLOR"] ?? "") === "" && (forced || terminal),
    unicode: /utf-?8/i.test(environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || ""),
  };
}

/** How texts are coloured in this appearance. */
export function paintIn({ coloured }: Appearance): Paint {
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}
