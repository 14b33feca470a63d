/** `.env` files made by chance, judged by the README's table: see fuzz/oracle.ts. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseDotenv } from "dotenv";
import fc from "fast-check";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { toStackInstance } from "../../../settings/describe";
import type { GroundworkError } from "../../../settings/errors";
import type { InstanceSpec } from "../../../settings/instance-spec";
import { parseProject, readProject, type Project } from "../../../settings/project";
import { parseStack } from "../../../settings/stack";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { judge, place, type Expected } from "./fuzz/expected";
import { damagedFile, longText, structuredFile } from "./fuzz/files";
import { allOf, answerOf, expectReadable, forAll, Tally, type Answer } from "./fuzz/fuzzing";
import { secretMark } from "./fuzz/settings";

jest.setTimeout(60_000);

const hostDefaults = { image: "localhost/groundwork:1", box: "groundwork/debian" };
const tally = new Tally(".env files");
afterAll(() => tally.print());

const read = (text: string): Answer<Project> => answerOf(() => parseProject(text, { ...place, hostDefaults }));

/** What dotenv says of the values, judged by the table. */
function judgeText(text: string): Expected {
  return judge(new Map(Object.entries(parseDotenv(text))));
}

/** A box, or a cloud image with what was said of it. */
function machineImage(values: Expected["values"]): string {
  const text = (key: string) => String((values[key] as string | string[] | undefined) ?? "");
  const packages = text("BOX_PACKAGES");
  const said = [text("BOX_CHECKSUM"), packages === "" ? "" : `packages:${packages}`].filter((one) => one !== "");
  const unnamed = values["PROVIDER"] === "virtualbox" ? "debian/bookworm64" : hostDefaults.box;
  return [text("BOX") || unnamed, ...(said.length > 0 ? [said.join("&")] : [])].join("#");
}

/** Fails unless all that was accepted is allowed, and means what the table says. */
function expectAllowed({ spec }: Project, { type, refused, values, environment }: Expected): void {
  expect([...refused]).toEqual([]);
  const isMachine = type === "vm";
  const keyFile = values["SSH_KEY"];
  const login = { user: values["SSH_USER"] ?? "vagrant", ...(keyFile === undefined ? {} : { keyFile }) };
  expect(spec).toMatchObject({
    type,
    backend: values["PROVIDER"] ?? (isMachine ? "libvirt" : "podman"),
    memoryMiB: values["MEMORY"] ?? 2048,
    cpus: values["CPUS"] ?? 2,
    id: values["INFRA_ID"] ?? "my-app",
    image: isMachine ? machineImage(values) : (values["IMAGE"] ?? hostDefaults.image),
    ...(isMachine ? { diskGiB: values["DISK_SIZE"] ?? 20, login } : {}),
    power: "running",
    networkMode: values["NETWORK_MODE"] ?? "default",
  });
  expect(spec.ipAddress).toBe(values["IP_ADDRESS"]);
  expect([spec.diskGiB, spec.login].includes(undefined)).toBe(!isMachine);
  expect(spec.command).toEqual(values["COMMAND"] ?? []);
  const playbook = values["PROVISIONING_PLAYBOOK"];
  const vars = values["PROVISIONING_VARS"] ?? { variables: {} };
  expect(spec.provisioning).toEqual(playbook === undefined ? undefined : { playbook, ...vars });
  expect(spec.ports).toEqual(values["PORTS"] ?? []);
  expect(spec.volumes.map(withoutSlash)).toEqual(values["VOLUMES"] ?? []);
  expect(Object.entries(spec.environment)).toEqual(Object.entries(environment));
}

/** Where the mistakes are, as `line:key`. */
function placesIn({ violations }: GroundworkError): Set<string> {
  return new Set(violations.map(({ line, key }) => `${String(line)}:${String(key)}`));
}

const withoutSlash = <T extends { readonly source: string }>(volume: T): T => {
  return { ...volume, source: volume.source.replace(/(.)\/$/, "$1") };
};

/** The instance, written into a stack's YAML and read back. */
function throughStack(spec: InstanceSpec): InstanceSpec | undefined {
  const { id, instance, environment, provisioningVars: vars } = toStackInstance(spec);
  const provisioning = instance.provisioning && { ...instance.provisioning, ...(vars === undefined ? {} : { vars }) };
  const yaml = stringifyYaml({ kind: "instances", instances: { [id]: { ...instance, environment, provisioning } } });
  const context = { ...place, stack: "dev", hostDefaults, directory: "/elsewhere" };
  const settings = parseStack(parseYaml(yaml), context);
  return settings.kind === "instances" ? settings.instances[0] : undefined;
}

describe("a file of settings, right and wrong", () => {
  test("is accepted with the values of the table, or refused for exactly what is wrong, line by line", () => {
    forAll(structuredFile, 6000, ({ text, expected, mistakes }) => {
      const answer = read(text);
      tally.add("structured", answer);
      if (answer.error === undefined) {
        expect([...mistakes]).toEqual([]);
        expectAllowed(answer.value, expected);
        return;
      }
      expectReadable(answer.error);
      expect([...placesIn(answer.error)].sort()).toEqual([...mistakes].sort());
    });
    const { accepted, refused } = tally.of("structured");
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });

  test("never has a value of ENV_* or of the application in its error", () => {
    forAll(structuredFile, 1500, ({ text }) => {
      const answer = read(text);
      tally.add("with secrets", answer);
      if (answer.error !== undefined) expect(allOf(answer.error)).not.toContain(secretMark);
    });
  });

  test("that is accepted is read back from a stack's YAML as the same instance", () => {
    forAll(structuredFile, 600, ({ text }) => {
      const answer = read(text);
      tally.add("round trip", answer);
      if (answer.error !== undefined) return;
      const { spec } = answer.value;
      const back = throughStack(spec);
      expect({ ...back, volumes: back?.volumes.map(withoutSlash), name: spec.name }).toEqual({
        ...spec,
        volumes: spec.volumes.map(withoutSlash),
      });
    });
  });
});

test("a damaged file is never accepted against the table", () => {
  forAll(damagedFile, 4000, (text) => {
    const answer = read(text);
    tally.add("damaged", answer);
    if (answer.error === undefined) expectAllowed(answer.value, judgeText(text));
    else expectReadable(answer.error);
  });
  const { accepted, refused } = tally.of("damaged");
  expect(Math.min(accepted, refused)).toBeGreaterThan(500);
});

test("characters of any kind are never accepted against the table", () => {
  forAll(fc.string({ unit: "binary", maxLength: 300 }), 1500, (text) => {
    const answer = read(text);
    tally.add("characters", answer);
    if (answer.error === undefined) expectAllowed(answer.value, judgeText(text));
    else expectReadable(answer.error);
  });
});

test("a long text is answered at once, and shortly", () => {
  forAll(longText, 150, (text) => {
    const answer = read(text);
    tally.add("long", answer);
    if (answer.error !== undefined) expectReadable(answer.error);
  });
});

describe("a file on the disk", () => {
  const directory = useTemporaryFolder();

  function readFile(bytes: Uint8Array | string): Answer<Project> {
    writeFileSync(join(directory(), ".env"), bytes);
    return answerOf(() => readProject(directory(), { hostDefaults, home: place.home }));
  }

  test("is read as its text is, apart from paths that are not there", () => {
    forAll(structuredFile, 500, ({ text, mistakes }) => {
      const answer = readFile(text);
      tally.add("on the disk", answer);
      if (answer.error === undefined) expect([...mistakes]).toEqual([]);
      const found = answer.error === undefined ? new Set() : placesIn(answer.error);
      for (const mistake of mistakes) expect(found).toContain(mistake);
    });
  });

  test("of any bytes is accepted only as text that the table allows", () => {
    forAll(fc.uint8Array({ maxLength: 2000 }), 500, (bytes) => {
      const answer = readFile(bytes);
      tally.add("bytes", answer);
      if (answer.error === undefined) expect([...judgeText(Buffer.from(bytes).toString()).refused]).toEqual([]);
    });
  });

  test.each([2 ** 18 + 1, 2 ** 20])("of %d bytes is refused for its size", (size) => {
    const { error } = readFile(`ENV_A=${"x".repeat(size - 6)}`);
    expect(error?.toText()).toMatch(/\.env cannot be read: it is larger than 256 KiB/);
  });
});
