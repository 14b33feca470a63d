/** Certificates for servers of tests, made by openssl. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate that signs itself; both parts are PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** @param folder where its files may lie @param name whose it is */
export function selfSigned(folder: string, days: number, name = "localhost"): Certificate {
  const [key, cert] = [join(folder, `${name}-${days}.key`), join(folder, `${name}-${days}.crt`)];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=localhost", "-addext", `subjectAltName=DNS:${name}`, "-days", String(days)];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
