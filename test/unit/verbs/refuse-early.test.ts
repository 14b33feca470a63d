/** A port whose container is being removed is waited for, where this project was brought up before. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../../host/ledger";
import { projectHash } from "../../../settings/identity";
import type { VerbContext } from "../../../verbs/verb";
import { useTemporaryHome } from "../../host/temporary-home";
import { freePort } from "../../support/free-port";
import { contextIn, emptyPodman, runVerb, setUp } from "./context";

jest.setTimeout(60_000);

const home = useTemporaryHome();
let context: VerbContext;
let attendant: ChildProcess | undefined;

beforeEach(async () => {
  context = contextIn(home());
  setUp(home(), { podman: emptyPodman });
  const port = await freePort();
  writeFileSync(join(context.directory, ".env"), `PORTS=${port}:80`);
  attendant = await attend(port);
});
afterEach(async () => {
  if (attendant?.exitCode !== null || attendant.signalCode !== null) return;
  const gone = once(attendant, "exit");
  attendant.kill("SIGKILL");
  await gone;
});

/** A process that is called as Podman's attendant of a container is, and has the port until it is killed. */
async function attend(port: number): Promise<ChildProcess> {
  const program = join(home().root, "conmon");
  mkdirSync(home().root, { recursive: true });
  copyFileSync(process.execPath, program);
  const listen = `require("node:net").createServer().listen(${port}, "127.0.0.1", () => console.log("listens"))`;
  const child = spawn(program, ["--eval", listen], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

test("a first run is refused at once", async () => {
  await expect(runVerb("preview", context)).rejects.toMatchObject({ code: "PORT_CONFLICT" });
});

test("a project that was brought up before waits until the port is let go", async () => {
  // A home that has stacks and no ledger has lost it.
  Ledger.open(home())[Symbol.dispose]();
  mkdirSync(join(home().projectsDirectory, `web-${projectHash(context.directory)}`), { recursive: true });
  const preview = runVerb("preview", context);
  setTimeout(() => attendant?.kill("SIGKILL"), 500);
  expect(await preview).toMatchObject({ change: "create" });
});
