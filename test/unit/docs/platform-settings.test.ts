/** The guide's tables name every setting and every secret of a platform; its example and those beside the program are understood. */

import { parse } from "yaml";
import * as z from "zod";
import { platformSchema } from "../../../settings/platform/platform";
import { secretNames } from "../../../settings/platform/secrets";
import { parseStack } from "../../../settings/stack";
import { platformProgram } from "../../../tools/platform/program";
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

/** What a stack's file says, with the one secret that it cannot do without. */
function understood(yaml: string) {
  const { config } = parse(yaml) as { config: Record<string, unknown> };
  const own = Object.entries(config).map(([key, value]) => [key.replace("groundwork:", ""), value] as const);
  const context = { stack: "prod", directory: "/", home: "/", hostDefaults: { image: "", box: "" } };
  const settings = parseStack({ ...Object.fromEntries(own), secrets: { seed } }, context);
  if (settings.kind !== "platform") throw new Error("not a platform");
  return settings;
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
    expect(understood(yaml)).toMatchObject({ kind: "platform" });
  });
});

describe("the examples beside the program", () => {
  test("are understood: prod has every environment in one cluster", () => {
    const { platform } = understood(readText("Pulumi.prod.yaml"));
    expect(Object.keys(platform.environments)).toEqual(["staging", "production"]);
  });

  test("are understood: staging has a cluster of its own, which may be deleted, and no domain in common with prod's pages", () => {
    const { platform } = understood(readText("Pulumi.staging.yaml"));
    expect(Object.keys(platform.environments)).toEqual(["staging"]);
    expect(platform.cluster).toMatchObject({ source: "lke", protect: false, highAvailability: false });
    expect(platform.domain).not.toBe(understood(readText("Pulumi.prod.yaml")).platform.domain);
  });
});

describe("the README's way to a platform", () => {
  const way = section(readText("README.md"), "## A platform, from an empty account");

  test("uses commands of bin/platform that there are", () => {
    const used = [...way.matchAll(/bin\/platform ([a-z-]+)/g)].map(([, name]) => name);
    const known = platformProgram().commands.map((command) => command.name());
    expect(used).not.toEqual([]);
    expect(known).toEqual(expect.arrayContaining(used));
  });

  test("sets secrets that there are", () => {
    const used = [...way.matchAll(/groundwork:secrets\.(\w+)/g)].map(([, name]) => name);
    expect(used).not.toEqual([]);
    expect(secretNames).toEqual(expect.arrayContaining(used));
  });

  test("adds up what it costs", () => {
    const costs = tableRows(way).map(([, dollars = ""]) => Number(dollars.replaceAll("*", "")));
    const sum = costs.slice(0, -1).reduce((all, one) => all + one, 0);
    expect(costs.at(-1)).toBe(sum);
  });
});
