import fc from "fast-check";
import { toStackInstance } from "../../../settings/describe";
import { stackHash } from "../../../settings/identity";
import type { InstanceSpec } from "../../../settings/instance-spec";
import { parsePorts } from "../../../settings/ports";
import { parseStack } from "../../../settings/stack";
import { splitList } from "../../../settings/values";
import { context, specOf } from "./support";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const word = fc.stringMatching(/^[a-z0-9 |&$*]{1,8}$/).map((text) => `'${text}'`);
const port = fc.integer({ min: 1, max: 65535 });
const portEntry = fc
  .tuple(
    fc.constantFrom("", "0.0.0.0:", "[::1]:"),
    fc.oneof(port, fc.constant("auto")),
    port,
    fc.constantFrom("", "/udp"),
  )
  .map(([address, host, inside, protocol]) => `${address}${String(host)}:${String(inside)}${protocol}`);
const volumeEntry = fc
  .tuple(fc.constantFrom("./src", "~/notes", "/etc/ssl", "cache"), label, fc.constantFrom("", ":ro", ":rw"))
  .map(([source, target, mode]) => `${source}:/mnt/${target}${mode}`);
const lines = fc.record(
  {
    INFRA_ID: label,
    MEMORY: fc.constantFrom("512", "2g", "1.5GiB"),
    CPUS: fc.constantFrom("1", "1.5", "2.25"),
    IMAGE: fc.constantFrom("debian:12", "localhost/a/b"),
    COMMAND: fc.array(word, { minLength: 1 }).map((words) => `sh ${words.join(" ")}`),
    PORTS: fc
      .uniqueArray(portEntry, { selector: (entry) => entry.replace(/^.*?(\d+)(\/\w+)?$/, "$1") })
      .map((entries) => entries.join(",")),
    VOLUMES: fc
      .uniqueArray(volumeEntry, { selector: (entry) => entry.split(":")[1] })
      .map((entries) => entries.join(",")),
    ENV_GREETING: fc.stringMatching(/^[a-z0-9 ]{0,8}$/).map((text) => `'${text}'`),
    ENV___proto__: fc.constant("x"),
  },
  { requiredKeys: [] },
);

const asStack = (spec: InstanceSpec) => {
  const { id, instance, environment } = toStackInstance(spec);
  const written: unknown = JSON.parse(JSON.stringify({ [id]: { ...instance, environment } }));
  return parseStack({ kind: "instances", instances: written }, { ...context, stack: "dev", directory: "/elsewhere" });
};

test("an .env turned into stack config is read back as an equal instance, apart from the name", () => {
  fc.assert(
    fc.property(lines, (given) => {
      const text = Object.entries(given)
        .map(([key, value]) => `${key}=${value}`)
        .join("\n");
      const ports = parsePorts(splitList(given.PORTS ?? ""));
      fc.pre(ports.ok); // the generator may ask for one port of the host twice
      const spec = specOf(text);
      expect(asStack(spec)).toEqual({
        kind: "instances",
        instances: [{ ...spec, name: `${spec.id}-${stackHash("dev")}` }],
        host: { reserveMiB: 512 },
      });
    }),
  );
});

test("what is secret stands apart", () => {
  const described = toStackInstance(specOf("ENV_TOKEN=hunter2"));
  expect([JSON.stringify(described.instance).includes("hunter2"), described.environment]).toEqual([
    false,
    { TOKEN: "hunter2" },
  ]);
});
