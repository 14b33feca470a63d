/** What cloud-init says of its end, as it was recorded; `manifest.json` beside the recordings says where each is from. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStatus } from "../../../drivers/cloud-init/status";
import { refusalOf } from "../../support/refusal";

const folder = join(__dirname, "recordings-cloud-init");

function recorded(name: string, exitCode = 0) {
  return { exitCode, stdout: readFileSync(join(folder, `${name}.json`), "utf8"), stderr: "" };
}

test("done without an error is told by nothing", () => {
  expect(readStatus("web", recorded("done"))).toEqual([]);
});

test("waiting prints dots before the answer in some versions", () => {
  const { stdout } = recorded("done");
  expect(readStatus("web", { exitCode: 0, stdout: `....\n${stdout}`, stderr: "" })).toEqual([]);
});

test.each([0, 2])("recoverable errors are warnings, whether the exit status is 0 or 2: %i", (exitCode) => {
  expect(readStatus("web", recorded("degraded-done", exitCode))[0]).toBe(
    "cloud-init went on after an error in web: Failed at merging in cloud config part from p-01: empty cloud config",
  );
});

test("what is deprecated is no warning: it works", () => {
  const answer = { status: "done", recoverable_errors: { DEPRECATED: ["a key is deprecated"] } };
  expect(readStatus("web", { exitCode: 2, stdout: JSON.stringify(answer), stderr: "" })).toEqual([]);
});

test("an error names the module and the command that failed, and keeps all errors as details", () => {
  const error = refusalOf(() => readStatus("web", recorded("error", 1)));
  expect([error.code, error.message]).toEqual([
    "PROVISIONING_FAILED",
    "cloud-init failed in web: locale: ['update-locale', '--locale-file=/etc/default/locale', 'LANG=en_US.UTF-8'] ended with status 255.",
  ]);
  expect(error.details["errors"]).toHaveLength(1);
});

test("an error that cloud-init does not explain is one all the same", () => {
  const error = refusalOf(() => readStatus("web", recorded("error-unexplained", 1)));
  expect([error.code, error.message]).toEqual(["PROVISIONING_FAILED", "cloud-init failed in web."]);
});

test("the suggestion of an error says where the log is", () => {
  expect(refusalOf(() => readStatus("web", recorded("error", 1))).suggestion).toContain("cloud-init-output.log");
});

test("an image in which cloud-init is switched off is told", () => {
  const answer = { status: "disabled", detail: "Cloud-init disabled by /etc/cloud/cloud-init.disabled" };
  const refusal = () => readStatus("web", { exitCode: 0, stdout: JSON.stringify(answer), stderr: "" });
  expect(refusalOf(refusal).message).toBe(
    "cloud-init is switched off in the image in web: Cloud-init disabled by /etc/cloud/cloud-init.disabled.",
  );
});

test("an image without cloud-init is told by what the shell said", () => {
  const answer = { exitCode: 127, stdout: "", stderr: "bash: line 1: cloud-init: command not found\n" };
  expect(refusalOf(() => readStatus("web", answer)).message).toBe(
    "cloud-init did not say how it ended in web: bash: line 1: cloud-init: command not found.",
  );
});
