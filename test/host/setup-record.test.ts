import { mkdirSync, writeFileSync } from "node:fs";
import { readSetup, writeSetup } from "../../host/setup-record";
import type { SetupRecord } from "../../host/setup-record";
import { refusalOf } from "../support/refusal";
import { useTemporaryHome } from "./temporary-home";

const home = useTemporaryHome();
const withoutPodman: SetupRecord = {
  node: "/usr/bin/node",
  engine: { path: "/gw/bin/pulumi", version: "3.270.0", origin: "built" },
  commandPlugin: { version: "1.2.1", origin: "stand-in" },
  image: { name: "localhost/groundwork:1", origin: "built" },
};
const record: SetupRecord = {
  ...withoutPodman,
  podman: { path: "/usr/bin/podman", version: "4.3.1", containersConf: "/gw/containers.conf" },
};

function write(text: string): void {
  mkdirSync(home().root, { recursive: true });
  writeFileSync(home().setupFile, text);
}

describe("the set-up record", () => {
  test("reads back as it was written", () => {
    writeSetup(home(), record);
    expect(readSetup(home())).toEqual(record);
  });

  test("may do without Podman", () => {
    writeSetup(home(), withoutPodman);
    expect(readSetup(home())).toEqual(withoutPodman);
  });

  test("is undefined before set-up has run", () => {
    expect(readSetup(home())).toBeUndefined();
  });

  test("that is no JSON is an error that names the command", () => {
    write("{");
    expect(refusalOf(() => readSetup(home()))).toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      suggestion: "Run `make setup`: it writes the file again.",
    });
  });

  test("reports all that is wrong with its shape", () => {
    write(
      JSON.stringify({
        ...record,
        node: 24,
        commandPlugin: { version: "1.2.1", origin: "mine" },
        podman: { path: "" },
      }),
    );
    expect(() => readSetup(home())).toThrow(
      `${home().setupFile} is not what set-up writes: node must be a text; podman.path must be a text; ` +
        "podman.version must be a text; commandPlugin.origin must be official or stand-in.",
    );
  });

  test.each(["null", "[]", "7", '"text"'])("is not %s", (text) => {
    write(text);
    expect(() => readSetup(home())).toThrow("is not what set-up writes");
  });
});
