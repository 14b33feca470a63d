import { existsSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import * as z from "zod";
import { backendEnvironment, readSetup, type SetupRecord } from "../host/setup-record";
import { exitStatusOf } from "../settings/errors";
import { verb, type VerbContext } from "./verb";

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** What was found. */
  found: z.string(),
  /** The command that mends it. */
  fix: z.string().optional(),
});

type Check = z.infer<typeof check>;

/** Looks at everything that Groundwork needs on this host, and says what to run where something is missing. */
export const doctor = verb({
  name: "doctor",
  summary: "check this host and say what to run where something is missing",
  input: z.object({}),
  output: z.object({ ok: z.boolean(), checks: z.array(check) }),
  changes: false,
  async run(_input, context) {
    const checks = await runChecks(context);
    return { ok: checks.every(({ ok }) => ok), checks };
  },
  text({ checks }) {
    return checks
      .map(
        ({ name, ok, found, fix }) =>
          `${ok ? "ok  " : "FAIL"} ${name}: ${found}${fix === undefined ? "" : `\n     ${fix}`}`,
      )
      .join("\n");
  },
  exitStatus: ({ ok }) => (ok ? 0 : exitStatusOf("PROVIDER_NOT_AVAILABLE")),
});

async function runChecks(context: VerbContext): Promise<Check[]> {
  const setup = readSetup(context.home);
  const makeSetup = `Run \`make setup\` in ${context.installation.directory}.`;
  if (setup === undefined) return [{ name: "set-up", ok: false, found: "it has not run on this host", fix: makeSetup }];
  return [
    { name: "Node", ok: true, found: process.version },
    engineCheck(setup, makeSetup),
    commandPluginCheck(context, setup, makeSetup),
    ...(await podmanChecks(setup, makeSetup)),
    ...(await dockerChecks(setup)),
  ];
}

function engineCheck(setup: SetupRecord, fix: string): Check {
  const { path, version, origin } = setup.engine;
  if (!existsSync(path)) return { name: "Pulumi engine", ok: false, found: `${path} is gone`, fix };
  return { name: "Pulumi engine", ok: true, found: `${version}, ${origin}` };
}

function commandPluginCheck({ home }: VerbContext, { commandPlugin }: SetupRecord, fix: string): Check {
  const { version, origin } = commandPlugin;
  const program = join(home.pulumiHome, "plugins", `resource-command-v${version}`, "pulumi-resource-command");
  if (!existsSync(program)) return { name: "command plugin", ok: false, found: `${program} is gone`, fix };
  return { name: "command plugin", ok: true, found: `${version}, ${origin}` };
}

async function podmanChecks(setup: SetupRecord, makeSetup: string): Promise<Check[]> {
  const installPodman = "Install Podman 4.3 or later (Debian: `apt-get install podman`), then run `make setup`.";
  if (setup.podman === undefined) {
    return [{ name: "Podman", ok: false, found: "it is not installed", fix: installPodman }];
  }
  const env = backendEnvironment(setup, process.env);
  const podman = (parameters: string[]) => call(setup.podman?.path ?? "podman", parameters, env);
  const version = await podman(["version", "--format", "{{.Client.Version}}"]);
  const image = await podman(["image", "exists", setup.image.name]);
  const info = await podman([
    "info",
    "--format",
    "{{.Host.OCIRuntime.Name}}, {{.Host.NetworkBackend}}, cgroups {{.Host.CgroupsVersion}}",
  ]);
  return [
    { name: "Podman", ...judge(version, installPodman) },
    { name: "container runtime", ...judge(info, makeSetup) },
    {
      name: "default image",
      ...judge(image, makeSetup),
      found: `${setup.image.name}, ${setup.image.origin}${image.ok ? "" : "; it is gone"}`,
    },
  ];
}

/** Nobody needs Docker, so that what it lacks is told and is no failure; nothing is told where it is not installed. */
async function dockerChecks({ image }: SetupRecord): Promise<Check[]> {
  const docker = (parameters: string[]) => call("docker", parameters, process.env);
  const info = await docker(["info", "--format", "{{.ServerVersion}}, {{.DefaultRuntime}}"]);
  if (info.missing) return [];
  if (!info.ok) return [{ name: "Docker", ok: true, found: "its daemon does not answer; PROVIDER=docker needs it" }];
  const { ok } = await docker(["image", "inspect", image.name]);
  const found = ok
    ? image.name
    : `not there; \`podman save ${image.name} | docker load\` brings it for PROVIDER=docker`;
  return [
    { name: "Docker", ok: true, found: info.text },
    { name: "default image on Docker", ok: true, found },
  ];
}

interface Answer {
  readonly ok: boolean;
  readonly text: string;
  /** There is no such program. */
  readonly missing: boolean;
}

async function call(program: string, parameters: string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  try {
    const { exitCode, stdout, stderr } = await x(program, parameters, { nodeOptions: { env } });
    return { ok: exitCode === 0, text: (exitCode === 0 ? stdout : stderr).trim(), missing: false };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, text: message, missing: code === "ENOENT" };
  }
}

function judge({ ok, text }: Answer, fix: string): Omit<Check, "name"> {
  return ok ? { ok, found: text } : { ok, found: text, fix };
}
