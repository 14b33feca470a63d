/**
 * Prints what platforms register, for programs that may not be part of one: the check of charts, the picture of resources, the
 * bench. Takes `{ stack, configs }` as JSON on standard input, and answers with one line of JSON: for each config what it
 * registers, with placeholders for secrets, or `{ "error": ... }`.
 */

// Before the SDK, which then loads in half the time.
import "../deferred-modules";
import { readFileSync } from "node:fs";
import { GroundworkError } from "../../settings/errors";
import { platformRegistrations, type WrittenConfig } from "./platform";
import { revealed } from "./registrations";

interface Asked {
  readonly stack: string;
  readonly configs: readonly WrittenConfig[];
}

async function answer(stack: string, config: WrittenConfig): Promise<unknown> {
  try {
    const all = await platformRegistrations(stack, config);
    return all.map(({ type, name, parent, parentType, inputs }) => ({
      type,
      name,
      parent,
      parentType,
      inputs: revealed(inputs),
    }));
  } catch (error) {
    if (error instanceof GroundworkError) return error.toObject();
    throw error;
  }
}

async function main(): Promise<void> {
  const { stack, configs } = JSON.parse(readFileSync(0, "utf8")) as Asked;
  const answers: unknown[] = [];
  // One after another: the mocks are those of the whole process.
  for (const config of configs) answers.push(await answer(stack, config));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

void main();
