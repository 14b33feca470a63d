/** The command line of `bin/delivery`. */

import { deliveryProgram } from "../../../delivery/program";
import type { DeliveryVerb } from "../../../delivery/verbs/verb";

const verb: DeliveryVerb = {
  ...{ name: "unlock", summary: "show who holds a lock", run: () => Promise.resolve(0) },
  declare: (command) => void command.option("--yes", "remove it"),
};

/** Parses a command line; returns what the handler was given. */
async function parse(...words: string[]): Promise<unknown[]> {
  const given: unknown[] = [];
  const program = deliveryProgram([verb], (...parameters) => {
    given.push(...parameters);
    return Promise.resolve();
  });
  await program.parseAsync(words, { from: "user" });
  return given;
}

test("a verb is called with the stack and its own options", async () => {
  expect(await parse("unlock", "-s", "prod", "--yes")).toEqual([verb, "prod", { yes: true }]);
});

test("a verb without a stack is refused, with the help that says how", async () => {
  await expect(parse("unlock")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    suggestion: "Run `bin/delivery unlock --help`.",
  });
});

test("an unknown verb is refused", async () => {
  await expect(parse("unlok", "-s", "prod")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    suggestion: "Run `bin/delivery --help`.",
  });
});
