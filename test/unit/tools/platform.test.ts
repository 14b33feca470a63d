import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { askKubectl, kubectl, portOf, tunnel } from "../../../delivery/kubectl";
import { parseService, policyOf } from "../../../tools/platform/grant";
import { readKeys, writeOnce } from "../../../tools/platform/keys-file";
import { OpenBao } from "../../../tools/platform/openbao";
import { platformProgram } from "../../../tools/platform/program";
import { toBackup } from "../../../tools/platform/sealing-keys";
import { freePort } from "../../support/free-port";
import { laterRefusalOf, refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const file = () => join(folder(), "keys.json");
const keys = { keys: ["one", "two"], threshold: 2, rootToken: "root" };

describe("a file of keys", () => {
  test("is its owner's alone from its beginning", async () => {
    let modeWhileEmpty = 0;
    await writeOnce(file(), () => {
      modeWhileEmpty = statSync(file()).mode & 0o777;
      return Promise.resolve(keys);
    });
    expect([modeWhileEmpty, statSync(file()).mode & 0o777, readKeys(file())]).toEqual([0o600, 0o600, keys]);
  });

  test("is never written over", async () => {
    writeFileSync(file(), "mine");
    const { code } = await laterRefusalOf(writeOnce(file(), () => Promise.resolve(keys)));
    expect([code, readFileSync(file(), "utf8")]).toEqual(["CONFIG_INVALID", "mine"]);
  });

  test("is not left behind when there are no keys for it", async () => {
    await expect(writeOnce(file(), () => Promise.reject(new Error("sealed")))).rejects.toThrow("sealed");
    expect(existsSync(file())).toBe(false);
  });

  test("that others can read is refused, with the command that closes it", () => {
    writeFileSync(file(), JSON.stringify(keys));
    chmodSync(file(), 0o640);
    expect(refusalOf(() => readKeys(file())).suggestion).toBe(`Run \`chmod 600 ${file()}\`.`);
  });

  test("that holds something else, or is not there, is refused by name", () => {
    writeFileSync(file(), "{}", { mode: 0o600 });
    const codes = [refusalOf(() => readKeys(file())), refusalOf(() => readKeys(join(folder(), "none")))];
    expect(codes.map(({ code }) => code)).toEqual(["CONFIG_INVALID", "CONFIG_MISSING"]);
  });
});

describe("a backup of sealing keys", () => {
  const key = (name: string, state: string) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace: "elsewhere",
      uid: "1",
      resourceVersion: "7",
      generateName: "sealed-secrets-key",
      labels: { "sealedsecrets.bitnami.com/sealed-secrets-key": state },
    },
    type: "kubernetes.io/tls",
    data: { "tls.crt": "Y2VydA==", "tls.key": "a2V5" },
  });

  test("holds every key, the old ones too, and nothing of the cluster that they are of", () => {
    const { items } = toBackup(JSON.stringify({ items: [key("old", "active"), key("new", "active")] }));
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["old", "new"]);
    expect(items[0]).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "old",
        namespace: "secrets",
        labels: { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" },
      },
      type: "kubernetes.io/tls",
      data: { "tls.crt": "Y2VydA==", "tls.key": "a2V5" },
    });
  });

  test("of a cluster that has no keys is refused, not empty", () => {
    expect(refusalOf(() => toBackup('{"items":[]}')).code).toBe("INFRA_NOT_FOUND");
  });
});

describe("a service", () => {
  test("is named by its environment and its name, and nothing else", () => {
    expect(parseService("staging/shop")).toEqual({ environment: "staging", name: "shop" });
    expect(["staging", "staging/", "/shop", "a/b/c", "../shop", "staging/Shop", "*/shop"].map(parseService)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    );
  });

  test("may read what is its own, and write nothing", () => {
    expect(policyOf({ environment: "staging", name: "shop" })).toBe(
      'path "kv/data/staging/shop" { capabilities = ["read"] }\npath "kv/data/staging/shop/*" { capabilities = ["read"] }\n',
    );
  });
});

describe("kubectl", () => {
  const path = process.env["PATH"];
  afterEach(() => {
    process.env["PATH"] = path;
  });
  const standIn = (script: string) => {
    writeFileSync(join(folder(), "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env["PATH"] = [folder(), path].join(delimiter);
  };

  const replica = { namespace: "secrets", to: "pod/openbao-0", port: 8200 } as const;

  test("says by which port of this machine a pod is reached", () => {
    expect(["Forwarding from 127.0.0.1:40371 -> 8200", "Handling connection for 40371"].map(portOf)).toEqual([
      40371,
      undefined,
    ]);
  });

  test("keeps a tunnel until it is closed", async () => {
    standIn('echo "Forwarding from 127.0.0.1:40371 -> 8200"; exec sleep 60');
    const made = await tunnel(replica);
    await made.close();
    await made.ended;
    expect(made.port).toBe(40371);
  });

  test("ends a tunnel, and a question, when it is stopped", async () => {
    standIn('echo "Forwarding from 127.0.0.1:40371 -> 8200"; exec sleep 60');
    const stopped = new AbortController();
    const { ended } = await tunnel(replica, { signal: stopped.signal });
    const asked = askKubectl(["get", "pods"], { signal: stopped.signal });
    stopped.abort();
    await ended;
    expect((await asked).exitCode).toBeUndefined();
  });

  test("that makes no tunnel is quoted", async () => {
    standIn('echo "error: unable to forward port because pod is not running" >&2; exit 1');
    const { code, message } = await laterRefusalOf(tunnel(replica));
    expect([code, message]).toEqual([
      "PROVIDER_NOT_AVAILABLE",
      "The cluster cannot be asked: error: unable to forward port because pod is not running.",
    ]);
  });

  test("that is missing ends with how to have it", async () => {
    process.env["PATH"] = folder();
    const errors = [await laterRefusalOf(kubectl(["get", "pods"])), await laterRefusalOf(tunnel(replica))];
    expect(errors.map(({ code, exitStatus }) => [code, exitStatus])).toEqual([
      ["PROVIDER_NOT_AVAILABLE", 5],
      ["PROVIDER_NOT_AVAILABLE", 5],
    ]);
  });
});

test("a store that does not answer is named", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, message } = await laterRefusalOf(new OpenBao({ url }).sealStatus());
  expect([code, message.includes(url)]).toEqual(["INFRA_NOT_RUNNING", true]);
});

test("smoke tests of a stack that names none are refused with what to write", async () => {
  const { code, suggestion } = await laterRefusalOf(
    platformProgram().parseAsync(["smoke", "-s", "prod"], { from: "user" }),
  );
  expect([code, suggestion]).toEqual(["CONFIG_MISSING", expect.stringContaining("smokeTests: [{ environment: ")]);
});

test("a command that needs a token names both ways to give it, before it asks the store", async () => {
  delete process.env["BAO_TOKEN"];
  const command = ["secrets", "snapshot", "file", "--address", "http://127.0.0.1:1"];
  const { code, message } = await laterRefusalOf(platformProgram().parseAsync(command, { from: "user" }));
  expect([code, message]).toEqual(["CONFIG_MISSING", "There is no token: neither BAO_TOKEN nor --keys is set."]);
});
