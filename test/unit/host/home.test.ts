import { environmentDigest } from "../../../host/identity";
import { groundworkHome } from "../../../host/home";
import { backendEnvironment } from "../../../host/setup-record";
import type { SetupRecord } from "../../../host/setup-record";

describe("the home", () => {
  test("is GROUNDWORK_HOME before anything else", () => {
    const env = { GROUNDWORK_HOME: "/srv/gw", XDG_STATE_HOME: "/x", HOME: "/h" };
    expect(groundworkHome(env)).toMatchObject({ root: "/srv/gw", setupFile: "/srv/gw/setup.json" });
  });

  test("is in the user's XDG state directory", () => {
    expect(groundworkHome({ XDG_STATE_HOME: "/x", HOME: "/h" }).root).toBe("/x/groundwork");
  });

  test.each([{ HOME: "/h" }, { HOME: "/h", XDG_STATE_HOME: "" }, { HOME: "/h", XDG_STATE_HOME: "relative" }])(
    "is ~/.local/state/groundwork with %j",
    (env) => {
      expect(groundworkHome(env).root).toBe("/h/.local/state/groundwork");
    },
  );

  test("must be an absolute path", () => {
    expect(() => groundworkHome({ GROUNDWORK_HOME: "here" })).toThrow(
      'GROUNDWORK_HOME must be an absolute path; it is "here".',
    );
  });

  test("must be somewhere", () => {
    expect(() => groundworkHome({ HOME: "nowhere" })).toThrow(
      "There is no home directory to keep Groundwork's state in.",
    );
  });
});

describe("the digest of an environment", () => {
  const key = Buffer.alloc(32, 7);

  test("does not depend on the order of the variables", () => {
    expect(environmentDigest(key, { A: "1", B: "2" })).toBe(environmentDigest(key, { B: "2", A: "1" }));
  });

  test("changes with a value", () => {
    expect(environmentDigest(key, { A: "1" })).not.toBe(environmentDigest(key, { A: "2" }));
  });

  test("changes with the key", () => {
    expect(environmentDigest(key, { A: "1" })).not.toBe(environmentDigest(Buffer.alloc(32, 8), { A: "1" }));
  });

  test("cannot be confused by separators in names and values", () => {
    expect(environmentDigest(key, { A: "1", B: "2" })).not.toBe(environmentDigest(key, { A: '1","B":"2' }));
  });

  test("is 32 hexadecimal digits", () => {
    expect(environmentDigest(key, {})).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("the backend's environment", () => {
  const record = { podman: { containersConf: "/gw/containers.conf" } } as SetupRecord;

  test("names set-up's containers.conf", () => {
    expect(backendEnvironment(record, { A: "1" })).toEqual({ A: "1", CONTAINERS_CONF: "/gw/containers.conf" });
  });

  test("keeps the user's own containers.conf", () => {
    expect(backendEnvironment(record, { CONTAINERS_CONF: "/mine" })).toEqual({ CONTAINERS_CONF: "/mine" });
  });

  test("is as it was where set-up has not run", () => {
    expect(backendEnvironment(undefined, { A: "1" })).toEqual({ A: "1" });
  });
});
