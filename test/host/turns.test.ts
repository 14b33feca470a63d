import { beginRun, endRun, inTurn } from "../../host/turns";
import { refusalOf } from "../support/refusal";
import { useTemporaryHome } from "./temporary-home";
import { kill, message, useWorker } from "./workers";

const home = useTemporaryHome();
const startRun = useWorker("run-worker");
const web = { project: "1a2b3c", verb: "up" };

describe("a project that a running process changes", () => {
  test("is refused to another, with the verb and the pid", async () => {
    const worker = startRun(home().root, web.project, "rm");
    expect(await message(worker)).toBe("begun");
    expect(refusalOf(() => beginRun(home(), web))).toMatchObject({
      code: "LOCKED",
      message: `The project is being changed by \`vagrantp rm\` (pid ${worker.pid})`,
      details: { pid: worker.pid },
      suggestion: `Wait for it to end, then run the same command again; \`kill ${worker.pid}\` asks it to stop.`,
    });
  });

  test("does not stand against another project", async () => {
    expect(await message(startRun(home().root, web.project, "rm"))).toBe("begun");
    beginRun(home(), { ...web, project: "another" });
  });

  test("is free when that process is killed", async () => {
    const worker = startRun(home().root, web.project, "up");
    await message(worker);
    await kill(worker);
    beginRun(home(), web);
  });

  test("is not given back by another process", async () => {
    const worker = startRun(home().root, web.project, "up");
    await message(worker);
    endRun(home(), web);
    expect(refusalOf(() => beginRun(home(), web))).toMatchObject({ code: "LOCKED" });
  });
});

describe("a run that waits for its turn", () => {
  test("says for whom it waits, once, and begins when the other is done", async () => {
    beginRun(home(), web);
    const worker = startRun(home().root, web.project, "rm");
    expect(await message(worker)).toBe(`The project is being changed by \`vagrantp up\` (pid ${process.pid})`);
    endRun(home(), web);
    expect(await message(worker)).toBe("begun");
  });

  test("stops waiting when it is told to", async () => {
    await message(startRun(home().root, web.project, "up"));
    const stop = new AbortController();
    const waiting = inTurn(() => beginRun(home(), web), { signal: stop.signal, onWait: () => stop.abort() });
    await expect(waiting).rejects.toThrow(/abort/);
  });

  test("does not wait for what no process of this host holds", async () => {
    let tries = 0;
    const attempt = () => {
      tries += 1;
      throw new Error("broken");
    };
    await expect(inTurn(attempt)).rejects.toThrow("broken");
    expect(tries).toBe(1);
  });
});
