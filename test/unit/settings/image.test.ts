import { parseImage } from "../../../settings/image";

describe("IMAGE", () => {
  test.each([
    "debian",
    "debian:12",
    "localhost/groundwork:1",
    "docker.io/library/debian:12-slim",
    "registry.example.com:5000/team/app_one/web.x:v1.2_3",
    "Registry.example.com/app",
    `debian@sha256:${"a".repeat(64)}`,
    `debian:12@sha256:${"0".repeat(64)}`,
  ])("%s is a reference", (text) => {
    expect(parseImage(text)).toEqual({ ok: true, value: text });
  });

  test.each([
    "",
    " ",
    "-debian",
    "--privileged",
    "debian 12",
    "Debian",
    "debian:",
    "debian:-1",
    ":12",
    "debian@sha256:abc",
    `debian@sha256:${"0".repeat(40)}`,
    `debian@sha256:${"A".repeat(64)}`,
    `debian@md5:${"0".repeat(32)}`,
    "docker://debian",
    "a//b",
    "a/b/",
    "debian;ls",
    "../etc/passwd",
    "a".repeat(256),
    "a".repeat(100_000),
    "a-".repeat(200),
  ])("%.40j is refused", (text) => {
    expect(parseImage(text)).toMatchObject({
      ok: false,
      problems: [
        { message: expect.stringContaining("is not an image reference; allowed: an image reference") as string },
      ],
    });
  });
});
