import { parseStack } from "../../../settings/stack";
import { refusalOf } from "../../support/refusal";
import { context, mistakesIn, specOf } from "./support";

const playbook = "PROVISIONING_PLAYBOOK=site.yml";

describe("the playbook of an .env", () => {
  test("is found from the project's directory, and has no variables where none are set", () => {
    expect(specOf(playbook).provisioning).toEqual({ playbook: "/srv/projects/my-app/site.yml", variables: {} });
  });

  test("is none where none is named", () => {
    expect(specOf("MEMORY=512")).not.toHaveProperty("provisioning");
  });

  test("is refused with its line where there is no such file", () => {
    expect(mistakesIn(`MEMORY=512\n${playbook}`, { pathExists: () => false })).toEqual([
      'line 2: PROVISIONING_PLAYBOOK: "site.yml" does not exist (/srv/projects/my-app/site.yml); allowed: the path of an Ansible playbook (playbook.yml, ./playbooks/site.yml).',
    ]);
  });
});

describe("the variables of an .env", () => {
  const varsOf = (text: string) => specOf(`${playbook}\nPROVISIONING_VARS=${text}`).provisioning;

  test.each([
    ["vars.yml", "/srv/projects/my-app/vars.yml"],
    ["./a=b.yml", "/srv/projects/my-app/a=b.yml"],
    ["~/vars.json", "/home/ada/vars.json"],
  ])("%s is a file", (text, varsFile) => {
    expect(varsOf(text)).toMatchObject({ varsFile, variables: {} });
  });

  test("with a = are a list, and a value may hold one", () => {
    expect(varsOf("colour=blue, query=a=b/c")).toEqual({
      playbook: "/srv/projects/my-app/site.yml",
      variables: { colour: "blue", query: "a=b/c" },
    });
  });

  test.each([
    ["colour=blue,red", 'entry 2 has no "="'],
    ["1st=x", "entry 1 does not begin with a variable's name (letters, digits and _, no digit first)"],
    ["a=1,a=2", "entry 2 sets a variable that is set before"],
  ])("%s is refused without its values", (text, what) => {
    const mistakes = mistakesIn(`${playbook}\nPROVISIONING_VARS=${text}`);
    expect(mistakes).toEqual([`line 2: PROVISIONING_VARS: ${what}; allowed: a comma-separated list of name=value.`]);
  });

  test("without a playbook are refused: they would have no effect", () => {
    expect(mistakesIn("PROVISIONING_VARS=a=1")).toEqual([
      "line 1: PROVISIONING_VARS: has no effect without a playbook; allowed: this line beside PROVISIONING_PLAYBOOK=playbook.yml.",
    ]);
  });
});

describe("the provisioning of a stack's instance", () => {
  const read = (provisioning: unknown) =>
    parseStack({ kind: "instances", instances: { web: { provisioning } } }, { ...context, stack: "dev" });

  test("takes the same words as an .env", () => {
    expect(read({ playbook: "site.yml", vars: "a=1" })).toMatchObject({
      instances: [{ provisioning: { playbook: "/srv/projects/my-app/site.yml", variables: { a: "1" } } }],
    });
  });

  test.each([
    [{}, "instances.web.provisioning.playbook: is missing; allowed: a text."],
    ["site.yml", "instances.web.provisioning: is a text; allowed: a map with a playbook."],
    [
      { playbook: "site.yml", var: "a=1" },
      "instances.web.provisioning.var: is not a known key; the nearest is vars; allowed: playbook, vars.",
    ],
  ])("%j is refused by name", (given, message) => {
    expect(refusalOf(() => read(given)).toText()).toContain(message);
  });
});
