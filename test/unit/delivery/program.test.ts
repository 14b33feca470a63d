/** The command line of `bin/delivery`. */

import { deliveryProgram } from "../../../delivery/program";
import { rollback } from "../../../delivery/verbs/rollback";
import type { DeliveryVerb } from "../../../delivery/verbs/verb";

const verb: DeliveryVerb = {
  name: "unlock",
  summary: "show who holds a lock",
  run: () => Promise.resolve(0),
  declare: (command) => void command.option("--yes", "remove it"),
};

/** Parses a command line; returns what the handler was given. */
async function parse(...words: string[]): Promise<unknown[]> {
  const given: unknown[] = [];
  const program = deliveryProgram([verb, rollback], (...parameters) => {
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

test("a rollback may go against policies by their names", async () => {
  const given = await parse("rollback", "-s", "prod", "--to", "7", "--allow", "replacement", "--allow", "plain-secret");
  expect(given).toEqual([rollback, "prod", { to: 7, allow: ["replacement", "plain-secret"] }]);
});

test.each([
  [["--to", "7", "--allow", "everything"], "Allowed choices are plain-secret, public-bucket"],
  [["--import-state", "7", "--allow", "replacement"], "cannot be used with option '--import-state <number>'"],
])("a rollback by %j is refused, and says why", async (words, message) => {
  await expect(parse("rollback", "-s", "prod", ...words)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(message) as string,
  });
});
