/** A repository of charts on loopback, made from a folder that has each chart unpacked. */

import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { x } from "tinyexec";
import { parse } from "yaml";
import type { Certificate } from "./certificate";

interface ChartFile {
  readonly name: string;
  readonly version: string;
}

/** A running repository. */
export class ChartMirror {
  private constructor(private readonly server: Server) {}

  /**
   * Packs the charts and serves them.
   *
   * @param charts the folder of charts
   * @param work where the packed ones may lie
   * @param certificate for `localhost`
   */
  static async start(charts: string, work: string, certificate: Certificate): Promise<ChartMirror> {
    mkdirSync(work, { recursive: true });
    const folders = readdirSync(charts).filter((folder) => existsSync(join(charts, folder, "Chart.yaml")));
    const files = await Promise.all(folders.map((folder) => pack(charts, folder, work)));
    const entries = files.map(({ name, version }) => [name, [{ name, version, urls: [`${name}-${version}.tgz`] }]]);
    // JSON is YAML.
    const index = JSON.stringify({ apiVersion: "v1", entries: Object.fromEntries(entries) as object });
    const server = createServer(certificate, ({ url = "" }, response) => {
      if (url === "/index.yaml") return void response.end(index);
      const found = files.find(({ name, version }) => url === `/${name}-${version}.tgz`);
      if (found === undefined) return void response.writeHead(404).end();
      response.end(readFileSync(join(work, url)));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new ChartMirror(server);
  }

  get url(): string {
    return `https://localhost:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

async function pack(charts: string, folder: string, work: string): Promise<ChartFile> {
  const { name, version } = parse(readFileSync(join(charts, folder, "Chart.yaml"), "utf8")) as ChartFile;
  const target = join(work, `${name}-${version}.tgz`);
  const { exitCode, stderr } = await x("tar", ["--create", "--gzip", "--file", target, "--directory", charts, folder]);
  if (exitCode !== 0) throw new Error(`the chart ${name} was not packed: ${stderr}`);
  return { name, version };
}
