/** The tables in the documentation say what the code says. They prove nothing about what the code does. */

import { globSync } from "node:fs";
import { errorCodes, exitStatusOf, GroundworkError } from "../../../settings/errors";
import { settingKeys, type SettingKey } from "../../../settings/keys";
import { instanceSchema } from "../../../settings/stack-instances";
import { verbs } from "../verbs/context";
import { readText, root, section, tableRows } from "./markdown";

const readme = readText("README.md");
const keys: readonly SettingKey[] = settingKeys;

test("the README lists every verb with its summary, in the order of the help", () => {
  expect(tableRows(section(readme, "## Verbs"))).toEqual(verbs.map(({ name, summary }) => [name, summary]));
});

test("the README lists every error code with its exit status and its hint", () => {
  const expected = errorCodes.map((code) => [
    String(exitStatusOf(code)),
    code,
    new GroundworkError(code, "").suggestion,
  ]);
  expect(tableRows(section(readme, "## Exit codes and error codes"))).toEqual(expected);
});

test("the README lists every key of an .env that can be used", () => {
  const expected = keys.map((key) => [key.name, key.meaning, key.allowed, key.default]);
  expect(tableRows(section(readme, "## Keys of an `.env`"))).toEqual(expected);
});

test("the README names every key that is refused", () => {
  const text = section(readme, "## Keys of an `.env`").replace(/\s+/g, " ");
  const named = (status: SettingKey["status"]) =>
    keys
      .filter((key) => key.status === status)
      .map(({ name }) => `\`${name}\``)
      .join(", ");
  expect(text).toContain(`for virtual machines alone: ${named("vm")};`);
  expect(text).toContain(`for containers alone: ${named("container")}.`);
});

test("the guide to shared stacks lists every key of an instance", () => {
  const context = { stack: "dev", directory: root, home: root, hostDefaults: { image: "", box: "" } };
  const known = Object.keys(instanceSchema(context).shape);
  const listed = tableRows(section(readText("docs/guides/shared-stack.md"), "## Keys of an instance"));
  expect(listed.map(([key]) => key)).toEqual(known);
});

test("the architecture page shows the import arrows that lint holds", () => {
  const table = readText("eslint.config.mjs").split("const packages")[0] ?? "";
  const arrows = table.matchAll(/^ {2}(\w+): \[(.*)\],$/gm);
  const expected = [...arrows].map(([, folder, allowed = ""]) => [folder, allowed.replaceAll('"', "") || "nothing"]);
  const rows = tableRows(section(readText("docs/architecture.md"), "## Import arrows"));
  expect(rows.map(([folder, allowed]) => [folder, allowed])).toEqual(expected);
});

test("the guide to troubleshooting explains every GROUNDWORK_ variable that the code reads", () => {
  const folders = "{cli,components,delivery,drivers,engine,host,plugin,settings,stacks,tools,verbs}";
  const sources = [...globSync(`${folders}/**/*.ts`, { cwd: root }), "index.ts", "Makefile"].map(readText);
  const read = new Set(sources.join("\n").match(/\bGROUNDWORK_[A-Z]+(_[A-Z]+)*/g));
  const rows = tableRows(section(readText("docs/guides/troubleshooting.md"), "## Environment variables"));
  expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining([...read]));
});

test("the page of backends lists every scenario of the contract, in its order", () => {
  const contract = readText("test/engine/contract/driver-contract.ts");
  const scenarios = [...contract.matchAll(/^ {2}test\("([^"]+)"/gm)].map(([, name]) => name);
  const [table = ""] = /^\| Scenario[\s\S]*?\n\n/m.exec(readText("docs/backends.md")) ?? [];
  expect(tableRows(table).map(([name]) => name)).toEqual(scenarios);
});
