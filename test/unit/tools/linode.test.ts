/** How Linode is asked, against the stand-in of its API. */

import { linodeObjects, linodePrices } from "../../../tools/platform/destroy/linode-objects";
import { platformSettings } from "../components/platform-settings";
import { assertDomainIsOurs } from "../../../tools/platform/own-domain";
import { freePort } from "../../support/free-port";
import { LinodeApi } from "../../support/linode-api/server";
import { laterRefusalOf } from "../../support/refusal";

describe("Linode", () => {
  let api: LinodeApi;
  beforeEach(async () => {
    api = await LinodeApi.start({ tokens: { all: ["*"], other: ["domains:read_only"] }, kubeconfig: "" });
  });
  afterEach(() => api.stop());
  const access = (token = "all") => ({ token, setBy: "the command", url: api.url, pauseMs: 1 });

  test("tells all that there is, also what does not fit a page", async () => {
    for (let index = 0; index < 501; index += 1) api.paid.addVolume({ label: `pvc-${String(index)}`, size: 10 });
    api.paid.addBalancer({ label: "ccm", ipv4: "192.0.2.7", tags: ["groundwork-prod"] });
    const { volumes, balancers } = await linodeObjects(access());
    expect([volumes.length, balancers.map(({ ipv4 }) => ipv4)]).toEqual([501, ["192.0.2.7"]]);
  });

  test("tells what a volume and a NodeBalancer cost", async () => {
    const { volume, balancer } = await linodePrices(access());
    expect([volume?.price.monthly, balancer?.price.monthly]).toEqual([0.1, 10]);
  });

  test.each([429, 500])("is asked again when it answers %d", async (status) => {
    api.fail({ method: "GET", path: "/volumes", status, reason: "Too busy", retryAfter: 0 });
    await linodeObjects(access());
    expect(api.calls.filter((call) => call === "GET /volumes")).toHaveLength(2);
  });

  test("is given up when it does not recover, with its own words", async () => {
    api.fail({ method: "GET", path: "/volumes", status: 503, reason: "Under maintenance", times: 9 });
    const { code, message } = await laterRefusalOf(linodeObjects(access()));
    expect([code, message]).toEqual([
      "PROVIDER_NOT_AVAILABLE",
      expect.stringMatching(/^Linode's API cannot be asked: \/volumes\S* answered 503: Under maintenance$/),
    ]);
  });

  test.each([
    ["that it does not know", "a-secret-of-nobody", "Invalid Token"],
    ["without the scope", "other", "Your OAuth token is not authorized to use this endpoint."],
  ])("does not take a token %s, which is asked for by name and never shown", async (_which, token, reason) => {
    const error = await laterRefusalOf(linodeObjects(access(token)));
    expect([error.code, error.message]).toEqual(["CONFIG_INVALID", expect.stringContaining(reason)]);
    expect(error.suggestion).toContain("run `the command`");
    expect(error.toText()).not.toContain(token);
  });

  test("that cannot be reached is named", async () => {
    const url = `http://127.0.0.1:${String(await freePort())}`;
    const { code } = await laterRefusalOf(linodeObjects({ ...access(), url }));
    expect(code).toBe("PROVIDER_NOT_AVAILABLE");
  });

  describe("has the platform's domain", () => {
    const written = (domain: string, more: object = { externalDns: true }) =>
      platformSettings({ domain, ingress: more });
    const check = (settings: ReturnType<typeof written>) => assertDomainIsOurs("prod", settings, access("other"));
    beforeEach(() => ["example.org", "example.net"].forEach((domain) => api.domains.add(domain)));

    test.each(["example.org", "platform.example.net"])(
      "where it is one of the account's, or under one: %s",
      async (domain) => {
        await expect(check(written(domain))).resolves.toBeUndefined();
      },
    );

    test.each([
      ["by external-dns", { externalDns: true }],
      ["by DNS-01", { challenge: "dns01" }],
    ])("or is refused where records are written %s, with those that it has", async (_by, more) => {
      const { code, violations } = await laterRefusalOf(check(written("badexample.org", more)));
      expect([code, violations]).toEqual([
        "CONFIG_INVALID",
        [
          {
            key: "platform.domain",
            got: "badexample.org",
            allowed: "example.org, example.net",
            message:
              "badexample.org is in no domain of the account that secrets.domainToken is of; allowed: what is in example.org, example.net.",
          },
        ],
      ]);
    });

    test("or somebody else keeps it, and Linode is not asked", async () => {
      await check(written("example.com", {}));
      expect(api.calls).toEqual([]);
    });
  });
});
