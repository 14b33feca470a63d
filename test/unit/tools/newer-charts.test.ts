import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chartTable, newerCharts, newestOf } from "../../../tools/platform/newer-charts";

const index = `
apiVersion: v1
entries:
  loki:
    - version: 18.9.0
    - version: 18.13.0
    - version: 19.0.0-rc.1
`;

describe("the newest of a chart's versions", () => {
  test("is found by numbers, not by letters", () => {
    expect(newestOf(["1.9.0", "1.10.0", "1.2.30"])).toBe("1.10.0");
  });

  test("is no trial version", () => {
    expect(newestOf(["2.0.0-beta.1", "v1.4.0"])).toBe("v1.4.0");
  });
});

describe("the news of charts", () => {
  let server: Server, address: string;
  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === "/index.yaml") response.end(index);
      else response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });

  const source = (version: string, repository = address) => ({ chart: "loki", repository, version });

  test("tell a newer version from one that is pinned already", async () => {
    const news = await newerCharts({ old: source("18.9.0"), current: source("18.13.0") });
    expect(news.map(({ name, newest, isNewer }) => [name, newest, isNewer])).toEqual([
      ["old", "18.13.0", true],
      ["current", "18.13.0", false],
    ]);
  });

  test("say of one chart why it is not known, and tell the others", async () => {
    const news = await newerCharts({ lost: source("1.0.0", `${address}/nowhere`), found: source("18.9.0") });
    expect(news.map(({ newest }) => newest)).toEqual([
      `not known: ${address}/nowhere/index.yaml answers 404`,
      "18.13.0",
    ]);
  });

  test("are a table whose newer ones are marked", async () => {
    expect(chartTable(await newerCharts({ old: source("18.9.0") }))).toMatch(/old\s+│ 18\.9\.0 │ 18\.13\.0 │ newer/);
  });
});
