import { idFromDirectory, parseId, parseName, projectHash, stackHash } from "../../../settings/identity";

describe("INFRA_ID", () => {
  test.each(["a", "1", "my-app", "a--b", "x".repeat(40)])("%s is an id", (text) => {
    expect(parseId(text)).toEqual({ ok: true, value: text });
  });

  test.each(["", "-a", "a-", "My-App", "my_app", "a.b", "a b", "ä", "x".repeat(41), "a\nb", "../a"])(
    "%j is refused",
    (text) => {
      expect(parseId(text).ok).toBe(false);
    },
  );

  test("a refusal names the host name that is near", () => {
    expect(parseId("My_App")).toMatchObject({
      problems: [
        { message: expect.stringMatching(/^"My_App" is not a host name \(my-app would be\); allowed: /) as string },
      ],
    });
  });

  test("a refusal of what has nothing to keep names none", () => {
    expect(parseId("__")).toMatchObject({
      problems: [{ message: expect.stringMatching(/^"__" is not a host name;/) as string }],
    });
  });

  test("a name may be as long as a label", () => {
    expect([parseName("x".repeat(63)).ok, parseName("x".repeat(64)).ok]).toEqual([true, false]);
  });
});

describe("the id of a directory", () => {
  test.each([
    ["/srv/my-app", "my-app"],
    ["/srv/My App", "my-app"],
    ["/srv/my_app.v2", "my-app-v2"],
    ["/srv/--x--", "x"],
    ["/srv/café", "caf"],
    [`/srv/${"x".repeat(60)}`, "x".repeat(40)],
    [`/srv/${"x".repeat(39)} y`, "x".repeat(39)],
    ["/srv/项目", undefined],
    ["/srv/___", undefined],
    ["/", undefined],
  ])("%s makes %s", (directory, id) => {
    expect(idFromDirectory(directory)).toBe(id);
  });
});

describe("hashes", () => {
  test("a project's is the start of the SHA-256 of its path", () => {
    // printf %s /srv/my-app | sha256sum
    expect(projectHash("/srv/my-app")).toBe("ebe021");
  });

  test("another file of the same directory has another hash", () => {
    // printf '/srv/my-app\0test.env' | sha256sum
    expect(projectHash("/srv/my-app", "test.env")).toBe("32f13c");
  });

  test.each([".env", "./.env", "/srv/my-app/.env"])("%s is the file without a name", (file) => {
    expect(projectHash("/srv/my-app", file)).toBe(projectHash("/srv/my-app"));
  });

  test("a file has one hash, however it is written", () => {
    expect(projectHash("/srv/my-app", "/srv/my-app/test.env")).toBe(projectHash("/srv/my-app", "test.env"));
  });

  test("a stack's is the start of the SHA-256 of its name", () => {
    // printf %s dev | sha256sum
    expect(stackHash("dev")).toBe("ef260e");
  });
});
