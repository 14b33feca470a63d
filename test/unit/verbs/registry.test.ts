import * as z from "zod";
import { verbs } from "./context";

const byName = verbs.map((verb) => [verb.name, verb] as const);

test("every verb has a name of its own", () => {
  expect(new Set(verbs.map(({ name }) => name)).size).toBe(verbs.length);
});

test("the verbs of the first release are all there", () => {
  const first = ["doctor", "drift", "env", "init", "preview", "rm", "ssh", "status", "stop", "up", "validate"];
  const second = ["exec", "hosts", "logs", "ports", "prune"];
  expect(verbs.map(({ name }) => name).sort()).toEqual([...first, ...second].sort());
});

test("those that may be called as often as one likes are these", () => {
  const harmless = verbs.filter(({ changes }) => !changes).map(({ name }) => name);
  const show = ["doctor", "drift", "env", "hosts", "logs", "ports", "preview", "status", "validate"];
  expect(harmless.sort()).toEqual([...show, "exec", "ssh"].sort());
});

describe.each(byName)("%s", (_name, verb) => {
  test("has a name that is one lower-case word", () => {
    expect(verb.name).toMatch(/^[a-z]+$/);
  });

  test("has a summary of one line that begins in lower case and ends without a full stop", () => {
    expect(verb.summary).toMatch(/^[a-z][^\n]{10,72}[^.\n]$/);
  });

  test("takes an object that JSON Schema can describe", () => {
    expect(z.toJSONSchema(verb.input, { io: "input" })).toMatchObject({ type: "object" });
  });

  test("describes every input", () => {
    const { properties = {} } = z.toJSONSchema(verb.input, { io: "input" });
    const descriptions = Object.values(properties).map(
      (property) => (property as { description?: string }).description,
    );
    expect(descriptions).toEqual(descriptions.map(() => expect.any(String) as string));
  });

  test("needs no input", () => {
    expect(verb.input.safeParse({}).success).toBe(true);
  });

  test("gives an object, or one of several, that JSON Schema can describe", () => {
    const schema = z.toJSONSchema(verb.output);
    const shapes = schema.anyOf ?? [schema];
    expect(shapes).toEqual(shapes.map(() => expect.objectContaining({ type: "object" }) as unknown));
  });
});
