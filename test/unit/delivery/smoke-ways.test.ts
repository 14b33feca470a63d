/** The ways into the cluster, with a stand-in for kubectl: which tunnels there are, and that none stays. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withWays, type Ways } from "../../../delivery/smoke/ways";
import { until } from "../../engine/support-outcome";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const path = process.env["PATH"];
afterEach(() => {
  process.env["PATH"] = path;
});

/** Puts a kubectl on the PATH that notes each call and its own process, and then does this. */
function standIn(script: string): void {
  const notes = [`echo "$*" >> ${join(folder(), "calls")}`, `echo $$ >> ${join(folder(), "processes")}`];
  writeFileSync(join(folder(), "kubectl"), ["#!/bin/sh", ...notes, script].join("\n"), { mode: 0o755 });
  process.env["PATH"] = [folder(), path].join(delimiter);
}

const linesOf = (name: string) => {
  const file = join(folder(), name);
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};
/** The processes of the stand-in that still are. */
const left = () => linesOf("processes").filter((pid) => existsSync(`/proc/${pid}`));
const leading = 'echo "Forwarding from 127.0.0.1:40371 -> 3100"; exec sleep 60';
const all = ({ prometheus, loki, tempo }: Ways) => Promise.all([prometheus(), loki(), tempo(), loki()]);

test("are tunnels to the services, one to each however many ask", async () => {
  standIn(leading);
  const found = await withWays({ kubeconfig: "/k" }, all);
  expect(new Set(found.map(({ url }) => url))).toEqual(new Set(["http://127.0.0.1:40371"]));
  const to = (service: string, port: number) =>
    `--kubeconfig /k -n monitoring port-forward service/${service} :${port} --address 127.0.0.1`;
  const expected = [to("loki", 3100), to("prometheus-prometheus", 9090), to("tempo", 3200)];
  expect(linesOf("calls").sort()).toEqual(expected);
});

test("are not opened before somebody asks", async () => {
  standIn(leading);
  await withWays({}, () => Promise.resolve());
  expect(linesOf("calls")).toEqual([]);
});

test("are opened again when a pod was replaced", async () => {
  standIn('echo "Forwarding from 127.0.0.1:40371 -> 3100"');
  await withWays({}, async ({ loki }) => {
    await until("another tunnel was opened", async () => {
      await loki();
      return linesOf("calls").length > 1;
    });
  });
});

test("say in kubectl's words why one cannot be opened, and try again at the next question", async () => {
  standIn('echo "error: unable to forward port because pod is not running" >&2; exit 1');
  await withWays({}, async ({ tempo }) => {
    await expect(tempo()).rejects.toThrow("pod is not running");
    await expect(tempo()).rejects.toThrow("pod is not running");
  });
  expect(linesOf("calls")).toHaveLength(2);
});

describe("no process of theirs is left", () => {
  test("when the work is done", async () => {
    standIn(leading);
    await withWays({}, all);
    expect([linesOf("processes").length, left()]).toEqual([3, []]);
  });

  test("when the work fails", async () => {
    standIn(leading);
    const failing = withWays({}, async (ways) => {
      await all(ways);
      throw new Error("no luck");
    });
    await expect(failing).rejects.toThrow("no luck");
    expect([linesOf("processes").length, left()]).toEqual([3, []]);
  });

  test("when it is stopped while one is being opened", async () => {
    standIn("exec sleep 60");
    const stopped = new AbortController();
    const waiting = withWays({ signal: stopped.signal }, async ({ loki }) => {
      const opening = loki();
      await until("kubectl runs", () => linesOf("processes").length === 1);
      stopped.abort();
      return opening;
    });
    await expect(waiting).rejects.toThrow("aborted");
    expect([linesOf("processes").length, left()]).toEqual([1, []]);
  });
});
