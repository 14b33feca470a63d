import { parseVolumes } from "../../../settings/volumes";
import { splitList } from "../../../settings/values";

const context = { directory: "/srv/projects/my-app", home: "/home/ada" };
const volumes = (text: string, changes = {}) => parseVolumes(splitList(text), { ...context, ...changes });
const messagesOf = (text: string, changes = {}): string[] => {
  const parsed = volumes(text, changes);
  return parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
};

describe("VOLUMES", () => {
  test.each([
    ["./src:/srv", "/srv/projects/my-app/src", "/srv", false],
    [".:/srv", "/srv/projects/my-app", "/srv", false],
    ["../other:/srv:ro", "/srv/projects/other", "/srv", true],
    ["/etc/ssl/:/etc/ssl/:rw", "/etc/ssl", "/etc/ssl", false],
    ["~/notes:/notes", "/home/ada/notes", "/notes", false],
    ["~/:/home", "/home/ada", "/home", false],
    ["my-data_1.x:/var/lib/data:ro", "my-data_1.x", "/var/lib/data", true],
    ["data:/a/../b", "data", "/b", false],
  ])("%s is understood", (text, source, target, readOnly) => {
    expect(volumes(text)).toMatchObject({ ok: true, value: [{ target, readOnly }] });
    const parsed = volumes(text);
    expect(parsed.ok && parsed.value[0]?.source.replace(/\/$/, "")).toBe(source);
  });

  test.each([
    ["data", '"data" is not a volume (a path that holds a comma or a colon cannot be written here)'],
    ["a:/b:ro:z", "is not a volume (a path that holds a comma or a colon cannot be written here)"],
    ["~:/home", 'no path and no volume\'s name where "~" stands'],
    ["src/app:/srv", 'no path and no volume\'s name where "src/app" stands'],
    [".hidden:/srv", 'no path and no volume\'s name where ".hidden" stands'],
    ["...:/srv", 'no path and no volume\'s name where "..." stands'],
    ["_data:/srv", 'no path and no volume\'s name where "_data" stands'],
    [":/srv", 'no path and no volume\'s name where "" stands'],
    ["data:", 'no path inside where "" stands; allowed: an absolute path other than /.'],
    ["data:srv", 'no path inside where "srv" stands'],
    ["data:/", 'no path inside where "/" stands'],
    ["data:/srv/..", 'no path inside where "/srv/.." stands'],
    ["data:/srv:rx", 'no mode where "rx" stands; allowed: ro or rw.'],
    ["data:/srv:", 'no mode where "" stands'],
    ["./a,b:/srv", '"./a" is not a volume (a path that holds a comma or a colon cannot be written here)'],
  ])("%j is refused", (text, message) => {
    expect(messagesOf(text)[0]).toContain(message);
  });

  test("a target that is used twice names both entries", () => {
    expect(messagesOf("a:/srv,b:/srv/")).toEqual([
      '"b:/srv/" has the same target as "a:/srv"; allowed: each target once.',
    ]);
  });

  test("a path of the host that does not exist is refused", () => {
    expect(messagesOf("./src:/srv", { pathExists: () => false })).toEqual([
      '"./src:/srv" names "/srv/projects/my-app/src", which does not exist on this host; allowed: a path that exists, or the name of a volume.',
    ]);
  });

  test("a named volume need not exist", () => {
    expect(messagesOf("data:/srv", { pathExists: () => false })).toEqual([]);
  });

  test("a directory whose own path holds a colon cannot be mounted, and that is said", () => {
    expect(messagesOf("./src:/srv", { directory: "/srv/a:b" })).toEqual([
      '"./src:/srv" leads to "/srv/a:b/src" (a path that holds a comma or a colon cannot be written here); allowed: a path that begins with ./, ../, / or ~/, or a volume\'s name of letters, digits, _, . and -.',
    ]);
  });
});
