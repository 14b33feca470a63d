/** What is read of Vagrant's lines, as it wrote them for a real machine. */

import { failureOf, parseLine, stageOf } from "../../../drivers/vagrant/machine-readable";
import { recordingText, vagrantRecordingsFolder } from "./recordings";

const linesOf = (name: string) =>
  recordingText(name, vagrantRecordingsFolder)
    .split("\n")
    .flatMap((line) => parseLine(line) ?? []);

test("the making of a machine is told by its stages, in their order", () => {
  const stages = linesOf("up.txt").flatMap((line) => stageOf(line)?.stage ?? []);
  expect([...new Set(stages)]).toEqual(["add box", "copy box", "define", "boot", "wait for SSH of", "set up"]);
});

test("what is none of Vagrant's lines tells nothing", () => {
  expect(parseLine("a word of Ruby")).toBeUndefined();
});

test("commas and line ends come back", () => {
  expect(parseLine(String.raw`1,web,ui,info,a%!(VAGRANT_COMMA) b\nc`)?.data).toEqual(["info", "a, b\nc"]);
});

test("a failure is told with its class", () => {
  expect(linesOf("no-box.txt").flatMap((line) => failureOf(line) ?? [])).toEqual([
    {
      kind: "Vagrant::Errors::DownloaderError",
      message: expect.stringContaining("Couldn't open file /nowhere.box") as string,
    },
  ]);
});
