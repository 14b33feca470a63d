/**
 * Holds custom resources against the definitions of their kinds, which lie in `../shared/reference/charts/crds`. Where they do
 * not, the test is skipped, and says so in a line. A key that the definition does not have is a mistake too: the API server
 * drops it in silence.
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv from "ajv/dist/2019";
import { parseAllDocuments } from "yaml";

const folder = resolve(__dirname, "../../../../shared/reference/charts/crds");

/** What is wrong with an object of the kind. */
export type Check = (object: object) => string[];

/** `test` with the check of a kind's stored version, else `test.skip`. @param it what else the test depends on */
export function testDefinition(
  file: string,
  kind: string,
  it: jest.It = test,
): (name: string, run: (check: Check) => void) => void {
  const path = join(folder, file);
  if (existsSync(path)) return (name, run) => it(name, () => run(checkOf(path, kind)));
  process.stderr.write(`skipped: there is no ../shared/reference/charts/crds/${file}\n`);
  return (name) => test.skip(name, () => undefined);
}

interface Definition {
  readonly kind: string;
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly storage: boolean; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

function checkOf(path: string, kind: string): Check {
  const definitions = parseAllDocuments(readFileSync(path, "utf8")).map((one) => one.toJS() as Definition | null);
  const definition = definitions.find(
    (one) => one?.kind === "CustomResourceDefinition" && one.spec.names.kind === kind,
  );
  const version = definition?.spec.versions.find(({ storage }) => storage);
  if (version === undefined) throw new Error(`${path} defines no ${kind}`);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(closed(version.schema.openAPIV3Schema) as object);
  return (object) => {
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath}: ${message ?? ""} ${JSON.stringify(params)}`,
    );
  };
}

/** Maps of named keys take no others, unless the definition says that it keeps what it does not know. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const isOpen = copy["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in copy;
  const isMap = typeof copy["properties"] === "object" && copy["type"] === "object";
  if (copy["x-kubernetes-int-or-string"] === true) return {};
  return isMap && !isOpen ? { ...copy, additionalProperties: false } : copy;
}
