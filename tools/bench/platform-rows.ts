/** Rows of the program of a platform, without an account, plugins or a cluster. */

import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStackConfig } from "../../engine/stack-config";
import type { Ran } from "../world";
import { AnsweringEngine } from "./answering-engine";
import type { Fixtures } from "./fixtures";
import { byMaximum, byRatio, type Row } from "./row";
import { interleave, type Subject, type Unit } from "./sampling";

const kibPerMib = 1024;

/** What Linode would offer. */
const offers = {
  "linode:index/getRegions:getRegions": { regions: [{ id: "fr-par", capabilities: ["Kubernetes"] }] },
  "linode:index/getInstanceTypes:getInstanceTypes": { types: [{ id: "g6-standard-4", prices: [], regionPrices: [] }] },
  "linode:index/getLkeVersions:getLkeVersions": { versions: [{ id: "1.35" }] },
};

/** The config of `prod` as the repository has it, with the two secrets that it cannot do without. */
function platformConfig({ world }: Fixtures): Readonly<Record<string, unknown>> {
  const config = readStackConfig({ directory: world.installation.directory, stack: "prod" });
  const secrets = { seed: "a seed that makes passwords of nothing" };
  return { ...config, "linode:token": "a token that opens nothing", "groundwork:secrets": secrets };
}

/** A program that imports the three SDKs of ours, whole as their documentation does, and declares nothing. */
function emptyProgram({ world }: Fixtures): string {
  const directory = world.newFolder("three-sdks");
  const file = join(directory, "index.js");
  const imports = ["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/linode"].map((name) => `require("${name}");\n`);
  const modules = join(directory, "node_modules");
  if (!existsSync(modules)) symlinkSync(join(world.installation.directory, "node_modules"), modules);
  writeFileSync(join(directory, "package.json"), "{}");
  writeFileSync(file, imports.join(""));
  return file;
}

/** The program as the language host starts it, in a preview: where all that it imports is read, it asks for the first thing. */
const platformStart: Row = {
  name: "platform-start",
  what: "start of the program of a platform, until it asks for its first resource",
  goal: { figure: "ratio of medians", atMost: 1.3, unit: "×" },
  measure: async (fixtures, { slowRounds, warmUps }) => {
    const { world } = fixtures;
    const { engine, address } = await AnsweringEngine.start(offers);
    const texts = Object.entries(platformConfig(fixtures)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const modules = join(world.installation.directory, "node_modules");
    const host = join(modules, "@pulumi", "pulumi", "cmd", "run");
    const variables = {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(texts)),
      NODE_COMPILE_CACHE: world.newFolder("compile-cache"),
    };
    const addresses = ["monitor", "engine"].map((name) => `--${name}=${address}`);
    const named = ["--project=groundwork", "--stack=bench", "--parallel=16", "--dry-run", ...addresses];
    const starting = (command: string, program: string): Subject => ({
      command,
      take: async () => {
        const read = engine.nextWork();
        const started = performance.now();
        const ended = world.run(process.execPath, [host, ...named, program], { variables });
        // A program that fails asks for nothing.
        const readAt = await Promise.race([read, ended.then(() => performance.now())]);
        await ended;
        return readAt - started;
      },
    });
    try {
      const ours = starting("dist/index.js", join(world.installation.directory, "dist", "index.js"));
      const peer = starting("an empty program with the same three SDKs", emptyProgram(fixtures));
      return byRatio(await interleave([ours, peer], slowRounds, warmUps));
    } finally {
      engine.stop();
    }
  },
};

/** The whole platform under mocks, and an empty program with its SDKs. @param hook what Node loads before either */
function mocked(fixtures: Fixtures, read: (ran: Ran) => number, unit: Unit, ...hook: readonly string[]): Subject[] {
  const { world } = fixtures;
  const stdin = JSON.stringify({ stack: "prod", configs: [platformConfig(fixtures)] });
  const of = (command: string, program: string): Subject => ({
    command,
    unit,
    take: async () => read(await world.run(process.execPath, [...hook, program], { stdin })),
  });
  return [
    of("dist/registrations.js", join(world.installation.directory, "dist", "registrations.js")),
    of("an empty program with the same three SDKs", emptyProgram(fixtures)),
  ];
}

const platformMocked: Row = {
  name: "platform-mocks",
  what: "every resource of a platform declared, under mocks",
  goal: { figure: "maximum", atMost: 3000, unit: "ms" },
  measure: async (fixtures, { slowRounds, warmUps }) => {
    const subjects = mocked(fixtures, ({ milliseconds }) => milliseconds, "ms");
    return byMaximum(await interleave(subjects, slowRounds, warmUps));
  },
};

const platformMemory: Row = {
  name: "platform-memory",
  what: "the most memory of that run; 400 MB are 381 MiB",
  goal: { figure: "maximum", atMost: 381, unit: "MiB" },
  measure: async (fixtures, { slowRounds, warmUps }) => {
    const hook = join(fixtures.world.installation.directory, "tools", "bench", "peak-memory.cjs");
    const peak = ({ stdout }: Ran) => Number(stdout.trimEnd().split("\n").at(-1)) / kibPerMib;
    return byMaximum(await interleave(mocked(fixtures, peak, "MiB", "--require", hook), slowRounds, warmUps));
  },
};

/** The rows of a platform. */
export const platformRows: readonly Row[] = [platformStart, platformMocked, platformMemory];
