/** The engine built from Go modules, for a host that reaches a module proxy but not Pulumi's own downloads. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, runStage, say } from "./processes";

/** A program of the engine, and the wrapper module that pins it: its folder under tools/engine/. */
interface EngineProgram {
  readonly name: string;
  readonly module: string;
  readonly source: string;
  readonly tags: string;
  readonly version: string;
}

/** The file of the Node language host itself; a launcher with the name that the CLI looks for stands before it. */
const languageHost = "language-nodejs-host";

/**
 * The CLI hands the options of `runtime` in Pulumi.yaml over by RPC, and this language host reads them from its
 * command line alone: without the option it loads TypeScript for every run, which takes half a second.
 */
const languageHostLauncher = `#!/bin/sh
exec "\${0%/*}/${languageHost}" -typescript=false "$@"
`;

function enginePrograms(version: string): readonly EngineProgram[] {
  return [
    {
      name: "pulumi",
      module: "pulumi",
      source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      // The tags of Pulumi's own release builds.
      tags: "osusergo,grpcnotrace",
      version,
    },
    {
      name: languageHost,
      module: "language-nodejs",
      source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      tags: "",
      // The last version of the module that still holds the Node language host; it runs newer SDKs.
      version: "3.68.0",
    },
  ];
}

/**
 * Builds the engine's programs into a folder.
 *
 * @param checkout the folder of this repository, which holds the wrapper modules
 * @throws Error when Go is missing, the modules are out of reach or the build fails
 */
export async function buildEngine(bin: string, version: string, checkout: string): Promise<void> {
  const go = await run("go", ["version"]);
  say(`engine: building Pulumi ${version} with ${go}; this takes some minutes, once`);
  for (const program of enginePrograms(version)) await buildProgram(bin, program, join(checkout, "tools", "engine"));
  writeFileSync(join(bin, "pulumi-language-nodejs"), languageHostLauncher, { mode: 0o755 });
}

async function buildProgram(bin: string, program: EngineProgram, modules: string): Promise<void> {
  const cwd = join(modules, program.module);
  const tags = ["-tags", program.tags];
  let packages = 0;
  await runStage(`engine: fetching the modules of ${program.name}`, "go", ["list", "-deps", ...tags, program.source], {
    cwd,
    describe: (line) => {
      if (line.startsWith("go: downloading ")) return line.slice("go: ".length);
      packages += 1;
      return undefined;
    },
  });
  const flag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${program.version}`;
  const options = ["-trimpath", ...tags, "-ldflags", `-s -w ${flag}`, "-o", join(bin, program.name)];
  let compiled = 0;
  await runStage(`engine: compiling ${program.name}`, "go", ["build", "-v", ...options, program.source], {
    cwd,
    describe: (line) => {
      compiled += 1;
      return `${String(compiled)} of at most ${String(packages)} packages, now ${line}`;
    },
  });
}
