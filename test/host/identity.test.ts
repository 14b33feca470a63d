import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestKey, hostId } from "../../host/identity";
import { identifyProcess, isRunning } from "../../host/processes";
import { useTemporaryHome } from "./temporary-home";
import { kill, message, useWorker } from "./workers";

const home = useTemporaryHome();

describe("the host's identity", () => {
  function machineIdFile(text: string): string {
    mkdirSync(home().root, { recursive: true });
    const path = join(home().root, "machine-id");
    writeFileSync(path, text);
    return path;
  }

  test("is the same every time", () => {
    expect(hostId(home())).toBe(hostId(home()));
  });

  test("is 12 digits that do not show the machine id", () => {
    const machineId = "0123456789abcdef0123456789abcdef";
    const id = hostId(home(), [machineIdFile(`${machineId}\n`)]);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(machineId).not.toContain(id);
  });

  test("comes from the second file where the first is absent", () => {
    const present = machineIdFile("some-id\n");
    expect(hostId(home(), ["/nowhere", present])).toBe(hostId(home(), [present]));
  });

  test.each([
    ["absent", undefined],
    ["empty", "\n"],
  ])("is made once where the machine id is %s", (_, text) => {
    const sources = text === undefined ? ["/nowhere"] : [machineIdFile(text)];
    const first = hostId(home(), sources);
    expect([hostId(home(), sources), statSync(home().hostIdFile).mode & 0o777]).toEqual([first, 0o600]);
  });
});

describe("the digest key", () => {
  const start = useWorker("key-worker");

  test("is 32 bytes that its owner alone can read", () => {
    expect(digestKey(home())).toHaveLength(32);
    expect(statSync(home().digestKeyFile).mode & 0o777).toBe(0o600);
  });

  test("is the same for processes that make it at once, and leaves nothing else behind", async () => {
    const workers = Array.from({ length: 4 }, () => start(home().root));
    const keys = await Promise.all(workers.map((worker) => message<string>(worker)));
    expect(new Set(keys)).toEqual(new Set([readFileSync(home().digestKeyFile).toString("hex")]));
    expect(readdirSync(home().root)).toEqual(["digest.key"]);
  });
});

describe("a process", () => {
  const start = useWorker("listen-worker");

  test("is running while it runs", () => {
    expect(isRunning(identifyProcess()!)).toBe(true);
  });

  test("is not running once it is killed", async () => {
    const worker = start("tcp", "127.0.0.1");
    await message(worker);
    const identity = identifyProcess(worker.pid)!;
    expect(isRunning(identity)).toBe(true);
    await kill(worker);
    expect(isRunning(identity)).toBe(false);
  });

  test("is not another that has its pid now", () => {
    expect(isRunning({ pid: process.pid, started: "in another life" })).toBe(false);
  });
});
