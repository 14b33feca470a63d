/** How a platform is looked at after an apply, where its cluster answers strangely. kubectl is a stand-in. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { checkPlatform } from "../../delivery/plan/platform-verification";
import { useTemporaryFolder } from "../support/temporary-folder";

const folder = useTemporaryFolder();
const before = process.env["PATH"];
afterEach(() => void (process.env["PATH"] = before));

const quiet = { signal: new AbortController().signal, say: () => undefined };
const atOnce = { limitMs: 0, probeLimitMs: 0, smokeLimitMs: 1000 };

const nothing = `echo '{ "items": [] }'`;

/** Puts a kubectl before all others that notes each call and then does this. */
function standIn(script: string): void {
  const lines = ["#!/bin/sh", `echo "$*" >> ${join(folder(), "calls")}`, script, ""];
  writeFileSync(join(folder(), "kubectl"), lines.join("\n"), { mode: 0o755 });
  process.env["PATH"] = `${folder()}${delimiter}${before ?? ""}`;
}

function calls(): string[] {
  const file = join(folder(), "calls");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

test("an answer about applications that cannot be understood does not pass for an answer of none", async () => {
  standIn(`case "$*" in *applications*) echo 'no JSON' ;; *) ${nothing} ;; esac`);
  await expect(checkPlatform({ kubeconfig: "" }, "prod", [], quiet, atOnce)).rejects.toThrow(SyntaxError);
});

test("every question goes to the context that is meant, also those of the probe and of the smoke tests", async () => {
  standIn(nothing);
  const smokeTest = { environment: "staging", application: "shop", page: "https://shop.invalid/" };
  await checkPlatform({ kubeconfig: "", context: "kind-prod" }, "prod", [smokeTest], quiet, atOnce);
  expect(calls().join("\n")).toMatch(/get applications[^]*get apiservices/);
  expect(calls().filter((call) => !call.includes("--context kind-prod "))).toEqual([]);
});
