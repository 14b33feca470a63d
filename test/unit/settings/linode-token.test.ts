import { requireLinodeToken } from "../../../settings/platform/linode-token";
import { refusalOf } from "../../support/refusal";

test("the token of the config goes before that of the environment", () => {
  const both = { config: "of-the-config", environment: "of-the-environment" };
  expect(requireLinodeToken("prod", both)).toBe("of-the-config");
  expect(requireLinodeToken("prod", { ...both, config: undefined })).toBe("of-the-environment");
});

test.each([
  ["there is none", undefined],
  ["it is empty", ""],
])("a token is asked for by the command that sets it where %s", (_where, config) => {
  const { code, exitStatus, suggestion } = refusalOf(() =>
    requireLinodeToken("prod", { config, environment: undefined }),
  );
  expect([code, exitStatus]).toEqual(["CONFIG_MISSING", 2]);
  expect(suggestion).toContain("`pulumi config set --secret linode:token -s prod`");
});
