import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMistake, type PlaybookMistake } from "../../../playbooks/syntax";
import manifest from "./recordings/manifest.json";

const folder = join(__dirname, "recordings");
const versions = Object.keys(manifest.versions);
const read = (version: string, name: string) => readFileSync(join(folder, version, name), "utf8");

const site = "/srv/playbooks/site.yml";
const expected: Readonly<Record<string, Omit<PlaybookMistake, "message"> & { readonly message: RegExp }>> = {
  "not-yaml.txt": { message: /YAML.*did not find expected key/, file: site, line: 5 },
  "unknown-module.txt": { message: /^couldn't resolve module\/action 'nomodule'/, file: site, line: 3 },
  "missing-role.txt": { message: /^the role 'nope' was not found/, file: site, line: 2 },
  "no-list.txt": { message: /^A playbook must be a list of plays/, file: site, line: 1 },
  "missing-file.txt": { message: /^Could not find or access '\/srv\/playbooks\/gone.yml'/ },
  "vars-not-yaml.txt": {
    message: /YAML.*did not find expected node content/,
    file: "/srv/playbooks/vars.yml",
    line: 1,
  },
};

describe.each(versions)("what ansible-core %s says of", (version) => {
  test.each(Object.entries(expected))(
    "%s is read as one sentence, with the file and the line",
    (name, { message, ...place }) => {
      const mistake = readMistake(read(version, name));
      expect(mistake).toEqual({ message: expect.stringMatching(message) as string, ...place });
      expect(mistake.message).not.toContain("\n");
    },
  );
});

test("a text of another kind is read as its first line", () => {
  expect(readMistake("usage: ansible-playbook [-h]\nmore")).toEqual({ message: "usage: ansible-playbook [-h]" });
});

describe.each(versions)("the recordings of ansible-core %s", (version) => {
  test("are those that the manifest names, and no other", () => {
    expect(readdirSync(join(folder, version)).sort()).toEqual(Object.keys(manifest.recordings).sort());
    expect(Object.keys(manifest.recordings).sort()).toEqual(Object.keys(expected).sort());
  });

  test("hold no path of the machine they were made on", () => {
    const all = Object.keys(expected).map((name) => read(version, name));
    expect(all.join("\n")).not.toMatch(/\/tmp\/|\/root\/|\/home\/\w+\//);
  });
});
