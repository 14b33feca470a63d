import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseDefinitions, readDefinitions } from "../../../plugin/definition-files";
import { definitionSources } from "../../../settings/platform/definitions";
import { useTemporaryFolder } from "../../support/temporary-folder";

const text = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com, annotations: { kept: "yes" } }
spec: { group: example.com }
---
apiVersion: v1
kind: Namespace
metadata: { name: not-a-definition }
---
`;

describe("a file of custom resource definitions", () => {
  const folder = useTemporaryFolder();
  const setOf = (source: string) => ({ name: "widgets", version: "1.0.0", sources: [source] });

  test("is read without what else is in it", () => {
    expect(parseDefinitions(text).map(({ metadata }) => metadata.name)).toEqual(["widgets.example.com"]);
  });

  test("has its definitions marked with the set they are of, and keeps their own marks", async () => {
    writeFileSync(join(folder(), "widgets.yaml"), text);
    const [definition] = await readDefinitions(setOf(join(folder(), "widgets.yaml")));
    expect(definition).toMatchObject({
      metadata: {
        labels: { "groundwork.dev/definitions": "true" },
        annotations: { kept: "yes", "groundwork.dev/definition-set": "widgets 1.0.0" },
      },
      spec: { group: "example.com" },
    });
  });

  test("without a definition is refused: it is not what was meant", async () => {
    writeFileSync(join(folder(), "page.yaml"), "kind: Namespace\n");
    await expect(readDefinitions(setOf(join(folder(), "page.yaml")))).rejects.toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      message: expect.stringContaining("it holds no definition") as string,
    });
  });

  test("is asked for again where a server fails once", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 200).end(asked === 1 ? "" : text);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as AddressInfo;
      const found = await readDefinitions(setOf(`http://127.0.0.1:${String(port)}/widgets.yaml`));
      expect([asked, found.length]).toEqual([2, 1]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("the sets of the platform", () => {
  test("come from a mirror by their names and versions", () => {
    const [first] = definitionSources("https://mirror.example.com/crds");
    expect(first?.sources).toEqual([
      `https://mirror.example.com/crds/${first?.name ?? ""}-${first?.version ?? ""}.yaml`,
    ]);
  });

  test("name the version in every address of a project's own", () => {
    const all = definitionSources().flatMap(({ version, sources }) =>
      sources.map((source) => [source, version] as const),
    );
    expect(all.filter(([source, version]) => !source.includes(`v${version}/`))).toEqual([]);
  });
});
