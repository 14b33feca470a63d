/**
 * The check of a platform's charts, by the real helm and a mirror on this host. Its charts are small ones of the test's own, under
 * the names and versions that the platform pins. Proves nothing about the real charts, which test/unit/components renders.
 */

import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, normalize } from "node:path";
import { checkCharts } from "../../engine/charts/check-charts";
import { charts } from "../../settings/platform/charts";
import { selfSigned } from "../support/certificate";
import { freePort } from "../support/free-port";
import { laterRefusalOf } from "../support/refusal";
import { helmProgram, runHelm, testHelm } from "../unit/components/chart-values";

jest.setTimeout(120_000);

const testWithHelm = testHelm();
const before = { ...process.env };

let folder: string;
let server: Server | undefined;

/** How a chart of a mirror is not as it should be. */
interface Odd {
  readonly schema?: object;
  readonly version?: string;
  readonly kubeVersion?: string;
}

const only10Gi = { properties: { size: { enum: ["10Gi"] } } };

/** What the mirrors hold: `good`, and one for each way of being bad, by the chart's name. */
const mirrors = {
  good: {},
  small: { openbao: { schema: { properties: { server: { properties: { dataStorage: only10Gi } } } } } },
  "two-bad": { tempo: { schema: { required: ["sampling"] } }, alloy: { schema: { required: ["clustering-key"] } } },
  "not-offered": { grafana: { version: "0.0.1" } },
  newer: { loki: { kubeVersion: ">=1.34.0-0" } },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Odd>>>>;

/** Writes a chart that renders one object. Returns its folder. */
function writeChart(parent: string, name: string, { schema = {}, ...odd }: Odd & { readonly version: string }): string {
  const chart = join(parent, name);
  mkdirSync(join(chart, "templates"), { recursive: true });
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
  writeFileSync(join(chart, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", name, ...odd }));
  writeFileSync(join(chart, "values.schema.json"), JSON.stringify(schema));
  writeFileSync(join(chart, "templates", "object.yaml"), JSON.stringify(object));
  return chart;
}

function writeMirror(mirror: keyof typeof mirrors): void {
  const served = join(folder, "served", mirror);
  mkdirSync(served, { recursive: true });
  const odd: Readonly<Record<string, Odd>> = mirrors[mirror];
  const written = Object.values(charts).map(({ chart, version }) =>
    writeChart(join(folder, mirror), chart, { version, ...odd[chart] }),
  );
  runHelm(["package", ...new Set(written), "--destination", served]);
  runHelm(["repo", "index", served]);
}

/** Writes the config of a platform that has its charts from there. */
function stackWith(mirror: string, more: object = {}, secrets: object = { seed: { secure: "v1:encrypted" } }) {
  const directory = mkdtempSync(join(folder, "stack-"));
  const config = {
    "groundwork:kind": "platform",
    "groundwork:platform": {
      domain: "example.com",
      email: "platform@example.com",
      charts: { mirror },
      gitops: { repository: "https://github.com/example/infrastructure" },
      ...more,
    },
    "groundwork:secrets": secrets,
  };
  writeFileSync(join(directory, "Pulumi.prod.yaml"), JSON.stringify({ config }));
  return { directory, stack: "prod" };
}

const mirrored = (mirror: keyof typeof mirrors) =>
  `https://localhost:${String((server?.address() as AddressInfo).port)}/${mirror}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-chart-check-"));
  if (helmProgram === undefined) return;
  for (const mirror of Object.keys(mirrors) as (keyof typeof mirrors)[]) writeMirror(mirror);
  const certificate = selfSigned(folder, 1);
  writeFileSync(join(folder, "authority.crt"), certificate.cert);
  server = createServer(certificate, ({ url = "" }, response) => {
    try {
      response.end(readFileSync(join(folder, "served", normalize(url))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, "localhost"), "listening");
  process.env["SSL_CERT_FILE"] = join(folder, "authority.crt");
  process.env["PATH"] = [dirname(helmProgram), before["PATH"]].join(delimiter);
});
afterAll(() => {
  process.env = before;
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the check of a platform's charts", () => {
  testWithHelm("passes where each renders with the values that the stack gives it", async () => {
    const stack = stackWith(mirrored("good"));
    expect(await checkCharts(stack)).toMatch(/^\d\d charts render with the values of the stack prod\.$/);
  });

  testWithHelm("tells a value that a chart refuses, in helm's words, with the key that it comes from", async () => {
    const stack = stackWith(mirrored("small"), { secretStore: { storage: "20Gi", replicas: 3 } });
    const { code, violations } = await laterRefusalOf(checkCharts(stack));
    expect({ code, violations }).toEqual({
      code: "CONFIG_INVALID",
      violations: [
        {
          key: "platform.secretStore.storage",
          message: expect.stringMatching(
            /^the chart openbao .* as openbao in secrets: .*\/server\/dataStorage\/size/,
          ) as string,
        },
      ],
    });
  });

  testWithHelm("tells all charts that fail at once", async () => {
    const { message, violations } = await laterRefusalOf(checkCharts(stackWith(mirrored("two-bad"))));
    const told = violations.map((one) => /the chart (\w+) .*'([\w-]+)'/.exec(one.message)?.slice(1));
    // Alloy is there twice: for the logs of each node, and for the cluster's events.
    expect([message, new Set(told.map(String))]).toEqual([
      "3 charts of the stack prod cannot be made; nothing was changed.",
      new Set(["tempo,sampling", "alloy,clustering-key"]),
    ]);
  });

  testWithHelm(
    "tells once that a mirror does not have a chart at the pinned version, however many releases it has",
    async () => {
      const { violations } = await laterRefusalOf(checkCharts(stackWith(mirrored("not-offered"))));
      const message = expect.stringContaining(
        `the chart grafana ${charts.grafana.version} cannot be had from`,
      ) as string;
      expect(violations).toEqual([{ key: "platform.charts.mirror", message }]);
    },
  );

  testWithHelm("tells a chart that is not made for the version of Kubernetes that is asked for", async () => {
    const stack = stackWith(mirrored("newer"), { cluster: { kubernetesVersion: "1.33" } });
    const { violations } = await laterRefusalOf(checkCharts(stack));
    const message = expect.stringContaining("requires kubeVersion: >=1.34.0-0 which is incompatible") as string;
    expect(violations).toEqual([{ key: "platform.cluster.kubernetesVersion", message }]);
  });

  testWithHelm("tells the address of a repository that does not answer", async () => {
    const address = `https://localhost:${String(await freePort())}`;
    const { violations, suggestion } = await laterRefusalOf(checkCharts(stackWith(address)));
    expect(violations[0]?.message).toMatch(new RegExp(`cannot be had from ${address}: .*connection refused`));
    expect(suggestion).toContain("run `bin/platform check -s prod`");
  });

  test("says in a line that it was left out where there is no helm", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    const told = await checkCharts(stackWith("https://charts.example.com")).finally(() => (process.env["PATH"] = path));
    expect(told).toBe("The charts were not rendered beforehand: there is no helm on the PATH.");
  });

  test("refuses a config as the program does", async () => {
    const stack = stackWith("https://charts.example.com", { retention: { logs: 0 } }, {});
    const { violations } = await laterRefusalOf(checkCharts(stack));
    expect(violations.map(({ key }) => key)).toEqual(["platform.retention.logs", "secrets.seed"]);
  });

  test("has nothing to do for a stack that is no platform", async () => {
    const { directory } = stackWith("https://charts.example.com");
    writeFileSync(join(directory, "Pulumi.dev.yaml"), JSON.stringify({ config: { "groundwork:kind": "instances" } }));
    expect(await checkCharts({ directory, stack: "dev" })).toBe("The stack dev is no platform, and has no charts.");
  });

  test("says which file is missing", async () => {
    const { code, message } = await laterRefusalOf(checkCharts({ directory: "/nonexistent", stack: "prod" }));
    expect([code, message]).toEqual(["CONFIG_MISSING", "There is no /nonexistent/Pulumi.prod.yaml."]);
  });
});
