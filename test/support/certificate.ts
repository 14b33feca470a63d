/** Certificates for servers of tests, made by openssl. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate that signs itself; both parts are PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** @param folder where its files may lie @param names that it is for */
export function selfSigned(folder: string, days: number, ...names: readonly string[]): Certificate {
  const all = names.length === 0 ? ["localhost"] : names;
  const [key, cert] = ["key", "crt"].map((kind) => join(folder, `${String(all[0])}-${String(days)}.${kind}`)) as [
    string,
    string,
  ];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const alternatives = all.map((name) => `DNS:${name}`).join(",");
  const subject = ["-subj", "/CN=localhost", "-addext", `subjectAltName=${alternatives}`, "-days", String(days)];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
