import { appearanceOf, paintIn } from "../../../../cli/progress/appearance";

describe("colours", () => {
  test.each<[string, boolean, NodeJS.ProcessEnv, boolean]>([
    ["a terminal has them", true, {}, true],
    ["a pipe has none", false, {}, false],
    ["a dumb terminal has none", true, { TERM: "dumb" }, false],
    ["NO_COLOR takes them away", true, { NO_COLOR: "1" }, false],
    ["NO_COLOR takes them away whatever it says", true, { NO_COLOR: "0" }, false],
    ["an empty NO_COLOR is none", true, { NO_COLOR: "" }, true],
    ["FORCE_COLOR gives them to a pipe", false, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR gives them to a dumb terminal", true, { FORCE_COLOR: "1", TERM: "dumb" }, true],
    ["FORCE_COLOR=0 forces nothing", false, { FORCE_COLOR: "0" }, false],
    ["an empty FORCE_COLOR forces nothing", false, { FORCE_COLOR: "" }, false],
    ["NO_COLOR counts before FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ])("%s", (_what, isTerminal, environment, coloured) => {
    expect(appearanceOf(isTerminal, environment).coloured).toBe(coloured);
  });

  test("are nothing in the text where there are none", () => {
    expect(paintIn(appearanceOf(false, {}))("red", "text")).toBe("text");
  });

  test("surround the text where there are some", () => {
    expect(paintIn(appearanceOf(true, {}))("red", "text")).toBe("\u001B[31mtext\u001B[39m");
  });
});

describe("lines that move", () => {
  test.each<[string, boolean, NodeJS.ProcessEnv, boolean]>([
    ["a terminal", true, { TERM: "xterm" }, true],
    ["a terminal without colours", true, { NO_COLOR: "1" }, true],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
    ["a CI's terminal", true, { CI: "true" }, false],
    ["a pipe", false, {}, false],
    ["a pipe with forced colours", false, { FORCE_COLOR: "1" }, false],
  ])("%s: %j %j %s", (_what, isTerminal, environment, animated) => {
    expect(appearanceOf(isTerminal, environment).animated).toBe(animated);
  });
});

describe("characters beyond ASCII", () => {
  test.each<[NodeJS.ProcessEnv, boolean]>([
    [{ LANG: "en_US.UTF-8" }, true],
    [{ LANG: "C.utf8" }, true],
    [{ LANG: "C" }, false],
    [{}, false],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
    [{ LANG: "C", LC_CTYPE: "en_US.UTF-8" }, true],
    [{ LANG: "en_US.UTF-8", LC_ALL: "" }, true],
  ])("with %j: %s", (environment, unicode) => {
    expect(appearanceOf(true, environment).unicode).toBe(unicode);
  });
});
