import fc from "fast-check";
import { parseCommand } from "../../../settings/command";

describe("COMMAND", () => {
  test.each([
    ["", []],
    ["   ", []],
    ["nginx", ["nginx"]],
    ["python3  -m http.server\t80", ["python3", "-m", "http.server", "80"]],
    ["echo 'a b' \"c d\"", ["echo", "a b", "c d"]],
    ["sh -c 'cd /srv && exec node app.js > log 2>&1'", ["sh", "-c", "cd /srv && exec node app.js > log 2>&1"]],
    ["sh -c 'echo `date` $HOME *'", ["sh", "-c", "echo `date` $HOME *"]],
    ["echo a\\ b", ["echo", "a b"]],
    ["echo ''", ["echo", ""]],
    ['echo "\\$HOME"', ["echo", "$HOME"]],
    ["env A=1 sh", ["env", "A=1", "sh"]],
    ["first\nsecond", ["first", "second"]],
  ])("%j becomes its arguments", (text, words) => {
    expect(parseCommand(text)).toEqual({ ok: true, value: words });
  });

  test.each([
    ["a | b", "|"],
    ["a && b", "&&"],
    ["a; b", ";"],
    ["a & b", "&"],
    ["a > b", ">"],
    ["(a)", "("],
    ["echo $HOME", "$HOME"],
    ['echo "$HOME"', "$HOME"],
    ["echo ${HOME}", "$HOME"],
    ["echo ${", "${"],
    ["echo $(date)", "$"],
    ["echo `date`", "`"],
    ['echo "it\'s `date`"', "`"],
    ["echo $'a'", "$'"],
    ["echo \"$'a'\"", "$'"],
    ["ls *.txt", "*.txt"],
    ["curl http://localhost/?a=1", "http://localhost/?a=1"],
    ["a # b", "# b"],
  ])("%j holds %j, which is for a shell", (text, shown) => {
    expect(parseCommand(text)).toMatchObject({ ok: false, problems: [{ got: shown }] });
  });

  test("a shell's operator is refused with the way to have a shell", () => {
    expect(parseCommand("a && b")).toMatchObject({
      problems: [
        {
          message:
            "\"&&\" is for a shell, and no shell reads the command; allowed: a program and its arguments, in quotes where they hold spaces or a shell's characters; for a shell: sh -c '…'.",
        },
      ],
    });
  });

  test.each(["echo 'a", 'echo "a', "echo a\\", "it's", "'a' \"b"])("%j has a quote that does not close", (text) => {
    expect(parseCommand(text)).toMatchObject({
      ok: false,
      problems: [
        { message: expect.stringContaining("has a quote that does not close, or ends in a backslash") as string },
      ],
    });
  });

  test("whatever stands in single quotes comes out as it was", () => {
    const argument = fc.string({ unit: "binary" }).map((text) => text.replaceAll("'", "").replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(argument), (words) => {
        const text = words.map((word) => `'${word}'`).join(" ");
        expect(parseCommand(text)).toEqual({ ok: true, value: words });
      }),
    );
  });

  test("no text makes it throw", () => {
    const letters = fc.constantFrom("a", " ", "'", '"', "\\", "$", "{", "}", "`", "*", "|", "&", "#", "(", "\n");
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 30 }), (text) => void parseCommand(text)),
      {
        numRuns: 2000,
      },
    );
  });
});
