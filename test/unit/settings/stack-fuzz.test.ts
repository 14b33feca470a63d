/** Stack config made by chance: see fuzz/oracle.ts for who says what is right. */

import fc from "fast-check";
import { parseStack, type StackSettings } from "../../../settings/stack";
import { place } from "./fuzz/expected";
import { secretMark } from "./fuzz/settings";
import { anyConfig, environmentConfig, instanceConfig } from "./fuzz/configs";
import { allOf, answerOf, expectReadable, forAll, Tally, type Answer } from "./fuzz/fuzzing";

jest.setTimeout(60_000);

const context = { ...place, stack: "dev", hostDefaults: { image: "localhost/groundwork:1", box: "groundwork/debian" } };
const tally = new Tally("stack config");
afterAll(() => tally.print());

const read = (config: unknown): Answer<StackSettings> => answerOf(() => parseStack(config, context));
const withWeb = (web: unknown) => ({ kind: "instances", instances: { web } });

test("an instance is accepted, or refused for exactly the keys that are wrong", () => {
  forAll(instanceConfig, 2000, ({ given, refused }) => {
    const answer = read(withWeb(given));
    tally.add("instances", answer);
    if (answer.error !== undefined) expectReadable(answer.error);
    const keys = (answer.error?.violations ?? []).map(({ key }) => key?.split(".")[2]);
    expect([...new Set(keys)].sort()).toEqual([...refused].sort());
  });
  const { accepted, refused } = tally.of("instances");
  expect(Math.min(accepted, refused)).toBeGreaterThan(300);
});

test("a variable's value is in no error", () => {
  forAll(environmentConfig, 1000, (environment) => {
    const answer = read(withWeb({ environment, memory: 1 }));
    tally.add("with secrets", answer);
    expect(answer.error && allOf(answer.error)).not.toContain(secretMark);
  });
});

test("anything in its place is understood or refused by one readable error", () => {
  forAll(anyConfig, 2000, (config) => {
    const answer = read(config);
    tally.add("anything", answer);
    if (answer.error !== undefined) expectReadable(answer.error);
  });
});

test("hundreds of wrong instances are told by the first ones", () => {
  forAll(fc.integer({ min: 1, max: 400 }), 20, (count) => {
    const instances = Object.fromEntries(Array.from({ length: count }, (_, index) => [`w${index}`, { memory: 1 }]));
    const answer = read({ kind: "instances", instances });
    tally.add("many", answer);
    expect(answer.error?.violations).toHaveLength(Math.min(count, 50));
  });
});
