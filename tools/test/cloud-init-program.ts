/** cloud-init for the tests, which validate by it. To install it would let it configure this host at its next start. */

import { join } from "node:path";
import { fetchForTests, unpackedRoot } from "./unpacked-packages";

const name = "cloud-init";

/** cloud-init and the Python packages that it loads, down to the last. */
const packages = [
  "cloud-init",
  ...["attr", "certifi", "chardet", "charset-normalizer", "configobj", "idna", "jinja2", "json-pointer", "jsonpatch"],
  ...["jsonschema", "markupsafe", "netifaces", "oauthlib", "pyrsistent", "requests", "serial", "six", "uritemplate"],
  ...["urllib3", "yaml"],
].map((part) => (part === name ? part : `python3-${part}`));

/** How cloud-init is called; undefined where it was not fetched. */
export function cloudInitProgram():
  { readonly path: string; readonly environment: Readonly<Record<string, string>> } | undefined {
  const root = unpackedRoot(name);
  if (root === undefined) return undefined;
  return {
    path: join(root, "usr/bin/cloud-init"),
    environment: { PYTHONPATH: join(root, "usr/lib/python3/dist-packages") },
  };
}

/** Fetches cloud-init, unless it is there. */
export function fetchCloudInit(): Promise<void> {
  return fetchForTests(name, packages);
}
