/**
 * Holds the values that we set against the charts. The values and schemas of the charts lie in
 * `../shared/reference/charts` (one folder a chart); whole charts, to be rendered by helm, in `$GROUNDWORK_TEST_CHARTS`, else
 * in `charts` of the cache. Helm is `$GROUNDWORK_TEST_HELM`, else `helm/helm` of the cache, else the system's. What is not at
 * hand is skipped, and says so in a line.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv from "ajv/dist/2019";
import { parse, parseAllDocuments } from "yaml";
import { chartSource, type ChartName } from "../../../settings/platform/charts";
import { cacheFolder } from "../../../tools/cache-folder";

/** A map of YAML. */
export type Values = Readonly<Record<string, unknown>>;

/** One object that a chart renders. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** What the tests of a release's values may be told. */
export interface ChartValuesOptions {
  /** What the release is called. @default the chart's name in charts.ts */
  readonly name?: string;
  /** @default "monitoring" */
  readonly namespace?: string;
  /** Paths, with all below, of keys that the templates read though values.yaml does not name them. @default none */
  readonly unlisted?: readonly string[];
}

const referenceFolder = resolve(__dirname, "../../../../shared/reference/charts");
const chartsFolder = process.env["GROUNDWORK_TEST_CHARTS"] ?? join(cacheFolder(), "charts");
/** The helm that is at hand; undefined where there is none. */
export const helmProgram = [process.env["GROUNDWORK_TEST_HELM"], join(cacheFolder(), "helm/helm"), "helm"].find(
  (program) => program !== undefined && spawnSync(program, ["version"]).status === 0,
);

/**
 * Tests that each key that is set is one of the chart's, that the values pass the chart's schema where it has one, and that
 * helm renders the chart with them.
 *
 * @param values without outputs and secrets: what a pure function makes of plain arguments
 */
export function testChartValues(name: ChartName, values: () => Values, options: ChartValuesOptions = {}): void {
  describe(`the values of ${options.name ?? name}`, () => {
    testWhere(reference(name))("set no key that the chart does not have", () => {
      expect(unknownKeys(name, values(), options.unlisted)).toEqual([]);
    });
    testWhere(reference(name))("pass the chart's schema", () => {
      expect(schemaErrors(name, values())).toEqual([]);
    });
    testWithHelm(name)("render", () => {
      expect(rendered(name, values(), options.namespace, options.name).length).toBeGreaterThan(0);
    });
  });
}

/** `test` where helm and this chart are at hand, else `test.skip`, and a line that says what is missing. */
export function testWithHelm(name: ChartName): jest.It {
  const { chart } = chartSource(name);
  const isThere = existsSync(join(chartsFolder, chart, "Chart.yaml"));
  return testWhere(
    isThere && helmProgram !== undefined ? undefined : `${isThere ? "helm" : `the chart ${chart}`} is not here`,
  );
}

/** The paths that are set and that neither the chart's values.yaml nor its schema has. A map that is empty there takes any key. */
export function unknownKeys(name: ChartName, values: Values, unlisted: readonly string[] = []): string[] {
  const folder = join(referenceFolder, chartSource(name).chart);
  const unknown = unknownIn(values, chartValues(folder), schemaOf(folder), "");
  return unknown.filter((path) => !unlisted.some((one) => path === one || path.startsWith(`${one}.`)));
}

/** What the chart's schema says against its own values with ours over them; nothing where it has no schema. */
export function schemaErrors(name: ChartName, values: Values): string[] {
  const folder = join(referenceFolder, chartSource(name).chart);
  const validate = validatorOf(folder);
  if (validate === undefined) return [];
  validate(merged(chartValues(folder), values));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ""}`);
}

/** The objects that helm renders, hooks and definitions of custom resources among them. @throws Error with what helm says */
export function rendered(of: ChartName, values: Values, namespace = "monitoring", name: string = of): RenderedObject[] {
  return renderedFolder(join(chartsFolder, chartSource(of).chart), name, values, namespace);
}

/** The objects that helm renders of the chart in a folder. @throws Error with what helm says */
export function renderedFolder(folder: string, release: string, values: Values, namespace: string): RenderedObject[] {
  const command = ["template", release, folder, "--namespace", namespace, "--values", "-", "--kube-version", "1.35.0"];
  // Charts look at what the API server offers; that of a platform has these.
  const versions = ["monitoring.coreos.com/v1", "cert-manager.io/v1"].flatMap((version) => ["--api-versions", version]);
  return renderedBy(JSON.stringify(values), ...command, ...versions);
}

const renderedBy = remembered((input: string, ...command: string[]): RenderedObject[] =>
  parseAllDocuments(runHelm(command, input))
    .map((document) => document.toJS() as RenderedObject | null)
    .filter((object) => object !== null),
);

/** What helm prints. @throws Error with what it complains of */
export function runHelm(command: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(helmProgram ?? "helm", command, {
    input,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

/** `test` where helm is at hand, else `test.skip`, and a line that says so. */
export function testHelm(): jest.It {
  return testWhere(helmProgram === undefined ? "helm is not here" : undefined);
}

/** Why the values of this chart cannot be looked at; undefined where they can. */
function reference(name: ChartName): string | undefined {
  const { chart, version } = chartSource(name);
  const file = join(referenceFolder, chart, "Chart.yaml");
  if (!existsSync(file)) return `there is no ${join("../shared/reference/charts", chart)}`;
  const { version: found } = parse(readFileSync(file, "utf8")) as { version: string };
  return found === version ? undefined : `${chart} is at ${found} in ../shared/reference, and at ${version} here`;
}

function testWhere(missing: string | undefined): jest.It {
  if (missing === undefined) return test;
  process.stderr.write(`skipped: ${missing}\n`);
  return test.skip;
}

/** What is slow, once for each of its arguments. */
function remembered<K extends string[], T>(make: (...texts: K) => T): (...texts: K) => T {
  const made = new Map<string, T>();
  return (...texts) => {
    const key = JSON.stringify(texts);
    const found = made.get(key) ?? make(...texts);
    made.set(key, found);
    return found;
  };
}

/** A chart's own values, those of its sub-charts that are at hand under their names; of the others anything may be set. */
const chartValues = remembered((folder: string): Values => {
  const own = readYaml(join(folder, "values.yaml"));
  const { dependencies = [] } = readYaml(join(folder, "Chart.yaml")) as {
    dependencies?: readonly { readonly name: string; readonly alias?: string }[];
  };
  const subCharts = dependencies.map(({ name, alias = name }) => {
    const file = join(referenceFolder, name, "values.yaml");
    return [alias, existsSync(file) ? readYaml(file) : {}] as const;
  });
  return subCharts.reduce((all, [alias, values]) => {
    const isKnown = Object.keys(values).length > 0;
    return { ...all, [alias]: isKnown ? merged(values, (all[alias] ?? {}) as Values) : {} };
  }, own);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [key: string]: unknown;
}

function schemaOf(folder: string): Schema | undefined {
  const file = join(folder, "values.schema.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Schema) : undefined;
}

const validatorOf = remembered((folder: string) => {
  const schema = schemaOf(folder);
  if (schema === undefined) return undefined;
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(withoutOthers(schema));
});

function unknownIn(values: Values, known: Values, schema: Schema | undefined, path: string): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = path === "" ? key : `${path}.${key}`;
    const ofSchema = schema?.properties?.[key];
    if (!Object.hasOwn(known, key)) return ofSchema === undefined ? [here] : [];
    const ofChart = known[key];
    const isOpen = !isMap(ofChart) || Object.keys(ofChart).length === 0;
    return isOpen || !isMap(value) ? [] : unknownIn(value, ofChart, ofSchema, here);
  });
}

/** Schemas that are elsewhere on the network take anything. */
function withoutOthers(schema: unknown): Schema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => {
      if (key === "$schema" || key === "$id") return undefined;
      const { $ref } = isMap(value) ? value : {};
      return typeof $ref === "string" && !$ref.startsWith("#") ? {} : value;
    }),
  ) as Schema;
}

/** As helm does it: maps are merged, lists are replaced, and null takes a key away. */
function merged(under: Values, over: Values): Values {
  const ours = Object.entries(over).map(([key, value]) => {
    const below = under[key];
    return [key, isMap(value) && isMap(below) ? merged(below, value) : value] as const;
  });
  const kept = Object.entries(under).filter(([key]) => !Object.hasOwn(over, key));
  return Object.fromEntries([...kept, ...ours.filter(([, value]) => value !== null)]);
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readYaml(file: string): Values {
  return parse(readFileSync(file, "utf8")) as Values;
}
