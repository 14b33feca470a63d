import { execFileSync } from "node:child_process";
import type { Driver, Observation } from "../../../drivers/driver";
import type { InstanceReport } from "../../../settings/instance-report";
import type { LedgerEntry } from "../../../host/promises";
import { urlOf } from "../../../verbs/addresses";
import { reportOf, reportText } from "../../../verbs/report";
import { identity, instanceProperties } from "../drivers/support";
import { entry, leased } from "../host/fixtures";
import { exitStatusOf, textOf } from "./context";

describe("the report of an instance", () => {
  const driver = { execCommand: () => ["podman", "exec"] } as unknown as Driver;
  const present = (running: boolean): Observation => ({
    state: "present",
    active: true,
    objectId: "ours",
    properties: instanceProperties({ running }),
  });
  const foreign: Observation = { state: "foreign", objectId: "theirs", description: "" };
  const absent: Observation = { state: "absent" };
  const intent = (kind: "changing" | "removing", stale: boolean): LedgerEntry["intent"] => ({
    kind,
    stale,
    holder: { pid: 1, started: "" },
  });

  function report(observation: Observation, over: Partial<LedgerEntry> = {}): InstanceReport {
    return reportOf({ entry: entry("dev", "web", over), target: identity, driver, observation });
  }

  test.each<[string, Observation, LedgerEntry["intent"], InstanceReport["state"]]>([
    ["that runs", present(true), undefined, "running"],
    ["that stands still", present(false), undefined, "stopped"],
    ["that is not there", absent, undefined, "not_created"],
    ["whose name someone else has", foreign, undefined, "not_created"],
    ["that is being made", absent, intent("changing", false), "creating"],
    ["whose making was cut off", absent, intent("changing", true), "not_created"],
    ["that is being changed", present(true), intent("changing", false), "running"],
    ["that is being removed", present(true), intent("removing", false), "removing"],
    ["whose removal was cut off", present(true), intent("removing", true), "running"],
  ])("%s", (_what, observation, held, state) => {
    expect(report(observation, { intent: held }).state).toBe(state);
  });

  test("has the ports of the ledger, and how to log in", () => {
    expect(report(present(true), { ports: [leased(8100)] })).toMatchObject({
      ports: [{ address: "127.0.0.1", host: 8100, inside: 80, protocol: "tcp" }],
      login: ["podman", "exec"],
    });
  });

  test("says who has its name, where that is someone else", () => {
    const held = report({ ...foreign, description: "a container named web is there already" });
    expect(reportText(held)).toBe(
      "web (container on podman, web): not_created\n  a container named web is there already",
    );
  });

  test("is a line for people, and one for each port", () => {
    const ports = [leased(8100), leased(8101, 53, { protocol: "udp" })];
    expect(reportText(report(present(true), { ports }))).toBe(
      [
        "web (container on podman, web): running",
        "  http://127.0.0.1:8100 -> 80/tcp",
        "  127.0.0.1:8101 -> 53/udp",
      ].join("\n"),
    );
  });
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:8100"],
  ["0.0.0.0", "http://127.0.0.1:8100"],
  ["::", "http://[::1]:8100"],
  ["::1", "http://[::1]:8100"],
  ["192.0.2.7", "http://192.0.2.7:8100"],
])("a port bound to %s is reached at %s", (address, url) => {
  expect(urlOf({ address, host: 8100, inside: 80, protocol: "tcp" })).toBe(url);
});

describe("drift", () => {
  const found = {
    drift: true,
    instances: [
      {
        id: "web",
        properties: [
          { property: "running", promised: true, real: false },
          { property: "image", promised: "debian:12", real: "debian:13" },
          { property: "ports", promised: ["a"], real: [] },
        ],
      },
    ],
  };

  test("is told property by property, as promised and as it is, with what repairs it", () => {
    expect(textOf("drift", found)).toBe(
      [
        "web: running: promised true, real false",
        "web: image: promised debian:12, real debian:13",
        'web: ports: promised ["a"], real []',
        "Run `vagrantp up` to repair it.",
      ].join("\n"),
    );
  });

  test("is exit 7", () => {
    expect(exitStatusOf("drift", found)).toBe(7);
  });

  test("that is none is told too, and is exit 0", () => {
    const none = { drift: false, instances: [] };
    expect([textOf("drift", none), exitStatusOf("drift", none)]).toEqual(["What is real is as promised.", 0]);
  });
});

describe("a preview", () => {
  test("tells each property as it is and as it will be", () => {
    const properties = [{ property: "memoryMiB", from: 512, to: 1024 }];
    expect(textOf("preview", { id: "web", change: "in place", properties })).toBe(
      "web: in place (what runs goes on)\n  memoryMiB: 512 -> 1024",
    );
  });

  test("says that nothing would change", () => {
    expect(textOf("preview", { id: "web", change: "none", properties: [] })).toBe("web: nothing would change.");
  });
});

test("the environment for plain pulumi survives a shell, whatever it holds", () => {
  const value = `a 'quoted' "value" $HOME \\ \``;
  const text = textOf("env", { directory: "/srv", stack: "dev", variables: { VALUE: value } });
  expect(execFileSync("sh", ["-c", `${text}\nprintf '%s' "$VALUE"`], { encoding: "utf8" })).toBe(value);
});

describe("up", () => {
  const instance: InstanceReport = {
    id: "web",
    name: "web",
    type: "container",
    backend: "podman",
    state: "running",
    ports: [],
    login: [],
  };

  test("says that nothing has changed where nothing has", () => {
    expect(textOf("up", { changed: false, instance, warnings: [] })).toBe(
      "Nothing has changed.\nweb (container on podman, web): running",
    );
  });

  test("ends with its warnings", () => {
    expect(textOf("up", { changed: true, instance, warnings: ["DISK_SIZE sizes nothing."] })).toMatch(
      /\nwarning: DISK_SIZE sizes nothing\.$/,
    );
  });
});

test("ssh has the exit status of the command inside", () => {
  expect([exitStatusOf("ssh", { exitCode: 42 }), textOf("ssh", { exitStatus: 42 })]).toEqual([42, ""]);
});
