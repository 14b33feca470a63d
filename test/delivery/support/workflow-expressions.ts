/** The expressions of workflows, evaluated by GitHub's own library. */

import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions may name: `github`, `matrix`, `secrets`, `vars`, `needs`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What one expression without its braces gives. */
function evaluate(expression: string, contexts: Contexts): ReturnType<Evaluator["evaluate"]> {
  const { tokens } = new Lexer(expression).lex();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as InstanceType<typeof data.Dictionary>;
  return new Evaluator(new Parser(tokens, Object.keys(contexts), []).parse(), known).evaluate();
}

/** Whether an `if:` lets its job run. */
export function holds(condition: string | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  const result = evaluate(condition, contexts);
  return !(result instanceof data.BooleanData) || result.value;
}

/** A text with every `${{ … }}` in it replaced. */
export function filled(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) =>
    evaluate(expression, contexts).coerceString(),
  );
}
