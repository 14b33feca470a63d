/**
 * Compiles the TypeScript sources to dist/ with esbuild and writes dist/stamp.json, by which a
 * stale dist/ is noticed (tools/build-stamp.ts). Runs on Node 20, before anything else is set up.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const dist = path.join(root, "dist");

/** What is built: dist/NAME.js from its entry point. */
const entryPoints = {
  index: "index.ts",
  registrations: "stacks/mocks/main.ts",
  vagrantp: "cli/main.ts",
  run: "cli/run.ts",
  plugin: "plugin/main.ts",
  actuator: "plugin/actuator.ts",
  launch: "tools/launch.ts",
  "build-stamp": "tools/build-stamp.ts",
  setup: "tools/setup/main.ts",
  "setup-vm": "tools/setup/vm.ts",
  test: "tools/test/main.ts",
  "make-up": "tools/make-up.ts",
  bench: "tools/bench/main.ts",
  pictures: "tools/pictures/main.ts",
  platform: "tools/platform/main.ts",
  delivery: "delivery/main.ts",
};

/** What a bundle leaves out and loads when it runs. */
const external = {
  // The program runs in Pulumi's language host, which loads the SDK itself: there must be one copy of it.
  index: ["@pulumi/*"],
  registrations: ["@pulumi/*"],
  // The first answer comes before the verbs are read.
  vagrantp: ["./run.js"],
  // It cannot be bundled, and is there where the sources are.
  pictures: ["typescript"],
};

/** A file is complete or absent, also while another build runs or a program starts. */
function writeWhole(file, contents) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

async function bundle(name, entryPoint) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outfile: path.join("dist", `${name}.js`),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    // Node reads and hashes the whole file at every start. Names stay, for traces.
    minifyWhitespace: true,
    minifySyntax: true,
    external: external[name] ?? [],
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  for (const file of result.outputFiles) writeWhole(file.path, file.contents);
  return Object.keys(result.metafile.inputs).filter((input) => !input.includes("node_modules/"));
}

async function main() {
  const started = performance.now();
  mkdirSync(dist, { recursive: true });
  const present = Object.entries(entryPoints).filter(([, entryPoint]) => existsSync(path.join(root, entryPoint)));
  // Without a stamp an interrupted build counts as stale.
  rmSync(path.join(dist, "stamp.json"), { force: true });
  const inputs = await Promise.all(present.map(([name, entryPoint]) => bundle(name, entryPoint)));
  const sources = [...new Set([...inputs.flat(), "tools/build.mjs", "package-lock.json"])].sort();
  const { createStamp } = createRequire(import.meta.url)("../dist/build-stamp.js");
  writeWhole(path.join(dist, "stamp.json"), JSON.stringify(createStamp(root, sources)));
  const elapsed = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`build: ${present.length} programs from ${sources.length} files in ${elapsed} s\n`);
}

await main().catch((error) => {
  // esbuild has printed its own messages already.
  if (error.errors === undefined) process.stderr.write(`build: ${error.message}\n`);
  process.exitCode = 1;
});
