/** The guide's tables name every setting and every secret of a platform, and its example is understood. */

import { parse } from "yaml";
import * as z from "zod";
import { platformSchema } from "../../../settings/platform/platform";
import { secretNames } from "../../../settings/platform/secrets";
import { parseStack } from "../../../settings/stack";
import { seed } from "../components/platform-settings";
import { readText, section, tableRows } from "./markdown";

const guide = readText("docs/guides/platform.md");

/** The paths of all settings; maps by name and maps with a shape that is told in one row count as one. */
function pathsOf(schema: unknown, path: string): string[] {
  if (["cluster.existing"].includes(path)) return [path];
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return pathsOf(schema.unwrap(), path);
  }
  if (!(schema instanceof z.ZodObject)) return [path];
  return Object.entries(schema.shape).flatMap(([key, one]) => pathsOf(one, path === "" ? key : `${path}.${key}`));
}

const firstCells = (heading: string) =>
  tableRows(section(guide, heading)).map(([cell = ""]) => cell.replaceAll("`", ""));

describe("the guide of a platform", () => {
  test("names every setting", () => {
    expect(firstCells("## What you decide").sort()).toEqual(pathsOf(platformSchema, "").sort());
  });

  test("names every secret", () => {
    expect(firstCells("## What is secret").sort()).toEqual([...secretNames].sort());
  });

  test("begins with an example that is understood", () => {
    const [, yaml = ""] = /```yaml\n([^`]*groundwork:kind: platform[^`]*)```/.exec(guide) ?? [];
    const { config } = parse(yaml) as { config: Record<string, unknown> };
    const own = Object.entries(config).map(([key, value]) => [key.replace("groundwork:", ""), value] as const);
    const hostDefaults = { image: "", box: "" };
    const context = { stack: "prod", directory: "/", home: "/", hostDefaults };
    expect(parseStack({ ...Object.fromEntries(own), secrets: { seed } }, context)).toMatchObject({ kind: "platform" });
  });
});
