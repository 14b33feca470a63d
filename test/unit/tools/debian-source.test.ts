import { chooseDebianSource, parseOsRelease } from "../../../tools/setup/debian-source";

describe("the source of Debian packages", () => {
  const targets = [
    "http://mirror.example/debian/ bookworm-updates main",
    "http://mirror.example/debian/ bookworm contrib",
    "http://mirror.example/debian/ bookworm main",
    "http://mirror.example/debian-security/ bookworm-security main",
  ].join("\n");

  test("is the release itself, not its updates", () => {
    expect(chooseDebianSource(targets, "bookworm")).toEqual({
      mirror: "http://mirror.example/debian/",
      suite: "bookworm",
    });
  });

  test("is unknown when apt has another release alone", () => {
    expect(chooseDebianSource(targets, "trixie")).toBeUndefined();
  });

  test("is unknown when apt lists nothing", () => {
    expect(chooseDebianSource("", "bookworm")).toBeUndefined();
  });
});

test("os-release values may be bare or quoted", () => {
  const text = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n# comment\nNAME='x'\n`;
  expect(parseOsRelease(text)).toEqual({
    PRETTY_NAME: "Debian GNU/Linux 12 (bookworm)",
    VERSION_ID: "12",
    ID: "debian",
    NAME: "x",
  });
});
