import { describeViolation } from "../../../settings/errors";
import type { LinodeOffers } from "../../../settings/platform/offers";
import { monthlyCosts, offerViolations, resolveVersion } from "../../../settings/platform/offers";
import { smokeTestsOf } from "../../../settings/platform/smoke-tests";
import { parseStack } from "../../../settings/stack";
import { refusalOf } from "../../support/refusal";

const context = {
  stack: "prod",
  directory: "/opt/groundwork",
  home: "/home/ada",
  hostDefaults: { image: "localhost/groundwork:1", box: "groundwork/debian" },
};
const seed = "0123456789abcdef0123456789abcdef";
const least = {
  domain: "example.com",
  email: "platform@example.com",
  gitops: { repository: "https://github.com/example/infrastructure" },
};

const config = (more: object = {}, secrets: object = {}) => ({
  kind: "platform",
  platform: { ...least, ...more },
  secrets: { seed, ...secrets },
});

function settingsOf(more: object = {}, secrets: object = {}) {
  const settings = parseStack(config(more, secrets), context);
  if (settings.kind !== "platform") throw new Error("not a platform");
  return settings.platform;
}

const mistakes = (more: object, secrets: object = {}): string[] =>
  refusalOf(() => parseStack(config(more, secrets), context)).violations.map(describeViolation);

const lke = (cluster: object = {}) => {
  const { cluster: made } = settingsOf({ cluster });
  if (made.source !== "lke") throw new Error("not LKE");
  return made;
};

describe("the config of a platform", () => {
  test("that says domain, e-mail and repository gets every other value", () => {
    expect(settingsOf()).toEqual({
      ...least,
      cluster: {
        source: "lke",
        region: "fr-par",
        highAvailability: true,
        accessFrom: [],
        protect: true,
        nodePools: { main: { type: "g6-standard-4", count: 3, labels: {}, taints: [] } },
      },
      environments: {
        staging: { sync: "automatic", quota: { cpu: "4", memory: "8Gi", pods: 50 } },
        production: { sync: "manual", quota: { cpu: "4", memory: "8Gi", pods: 50 } },
      },
      gitops: { ...least.gitops, revision: "main", path: "gitops", highAvailability: false },
      teams: {},
      retention: { logs: 30, metrics: 15, traces: 30, snapshots: 30 },
      ingress: { proxyProtocol: false, certificates: "production", challenge: "http01", externalDns: false },
      network: { pods: "10.2.0.0/16", services: "10.128.0.0/16", nodes: "192.168.128.0/17", apiServer: [] },
      charts: {},
      secretStore: { replicas: 3, storage: "10Gi" },
      smokeTests: [],
    });
  });

  test("names what is missing, all of it", () => {
    const error = refusalOf(() => parseStack({ kind: "platform", platform: {} }, context));
    expect(error.violations.map(describeViolation)).toEqual([
      "platform.domain: is missing; allowed: a text.",
      "platform.email: is missing; allowed: a text.",
      "platform.gitops: is missing; allowed: a map with a repository.",
      "secrets: is missing; allowed: a map with a seed.",
    ]);
  });

  test("names the nearest of a key that nobody knows", () => {
    expect(mistakes({ cluster: { regoin: "fr-par" } })[0]).toContain(
      "platform.cluster.regoin: is not a known key; the nearest is region",
    );
  });

  test.each([
    [
      "a domain in capitals",
      { domain: "Example.com" },
      'platform.domain: "Example.com" is no domain; allowed: a domain in lower case such as example.com.',
    ],
    [
      "no address of e-mail",
      { email: "nobody" },
      'platform.email: "nobody" is no address of e-mail; allowed: one such as platform@example.com.',
    ],
    [
      "a repository with a password in it",
      { gitops: { repository: "https://ada:secret@github.com/a/b" } },
      'platform.gitops.repository: "https://ada:secret@github.com/a/b" is no repository; allowed: an https:// address without a password in it, or git@host:path.',
    ],
    [
      "a patch version of Kubernetes",
      { cluster: { kubernetesVersion: "1.35.2" } },
      'platform.cluster.kubernetesVersion: "1.35.2" is no version of Kubernetes; allowed: major and minor such as 1.35, in quotes.',
    ],
    [
      "an address without a prefix",
      { cluster: { accessFrom: ["203.0.113.7"] } },
      'platform.cluster.accessFrom.0: "203.0.113.7" is no block of addresses; allowed: an IPv4 or IPv6 block such as 203.0.113.7/32.',
    ],
    [
      "no days of logs",
      { retention: { logs: 0 } },
      "platform.retention.logs: is 0; allowed: a whole number of days, at least 1.",
    ],
    [
      "HTTP-01 behind PROXY protocol",
      { ingress: { proxyProtocol: true } },
      "platform.ingress.challenge: http01 fails behind proxyProtocol, where cert-manager cannot reach its own answer; allowed: dns01.",
    ],
    [
      "networks that overlap",
      { network: { services: "10.2.128.0/17" } },
      "platform.network.pods: 10.2.0.0/16 overlaps 10.2.128.0/17 of services; allowed: blocks that have no address in common.",
    ],
    [
      "an environment in a namespace of the platform's",
      { environments: { argocd: {} } },
      "platform.environments.argocd: is a namespace of the platform's own; allowed: another name.",
    ],
    [
      "an environment outside the domain",
      { environments: { live: { host: "example.org" } } },
      "platform.environments.live.host: example.org is not in example.com; allowed: a name that ends so.",
    ],
    [
      "a host twice",
      { environments: { a: { host: "x.example.com" }, b: { host: "x.example.com" } } },
      "platform.environments.b.host: x.example.com is the host of a too; allowed: a host for each environment.",
    ],
    [
      "rights in an environment that is not there",
      { teams: { web: { github: "web", rights: { live: "view" } } } },
      "platform.teams.web.rights.live: is no environment of this platform; allowed: staging, production.",
    ],
    [
      "a smoke test in an environment that is not there",
      { smokeTests: [{ environment: "live", application: "shop" }] },
      'platform.smokeTests.0.environment: "live" is no environment of this platform; allowed: staging, production.',
    ],
    [
      "a smoke test of an application by more than its name",
      { smokeTests: [{ environment: "staging", application: "staging/shop" }] },
      'platform.smokeTests.0.application: "staging/shop" is no name of an application; allowed: its name in the environment\'s file, such as shop.',
    ],
    [
      "a smoke test of a page without a certificate",
      { smokeTests: [{ environment: "staging", application: "shop", page: "http://shop.example.com" }] },
      'platform.smokeTests.0.page: "http://shop.example.com" is no page; allowed: an https:// address without a password in it.',
    ],
    [
      "a smoke test of nothing",
      { smokeTests: ["staging/shop"] },
      "platform.smokeTests.0: is a text; allowed: a map with environment and application.",
    ],
    [
      "a repository by ssh without a key",
      { gitops: { repository: "git@github.com:example/infrastructure.git" } },
      "secrets.repository: is missing, and platform.gitops.repository by ssh needs it; to set it: pulumi config set --secret --path 'groundwork:secrets.repository'.",
    ],
    [
      "external-dns without a token",
      { ingress: { externalDns: true } },
      "secrets.domainToken: is missing, and platform.ingress.externalDns needs it; to set it: pulumi config set --secret --path 'groundwork:secrets.domainToken'.",
    ],
  ])("refuses %s", (_what, more, message) => {
    expect(mistakes(more)).toEqual([message]);
  });

  test("shows no secret in what it refuses", () => {
    expect(mistakes({}, { seed: "too-short-to-be-one" })).toEqual([
      "secrets.seed: is a text; allowed: a text of at least 32 characters.",
    ]);
  });

  test("may name a cluster that is there", () => {
    const { cluster } = settingsOf({ cluster: { existing: { kubeconfig: "/etc/k3s.yaml" } } });
    expect(cluster).toEqual({ source: "existing", kubeconfig: "/etc/k3s.yaml" });
  });
});

describe("a smoke test", () => {
  const smokeTests = (written: object[], environments: object = { staging: {}, live: { host: "example.com" } }) =>
    smokeTestsOf(settingsOf({ environments, smokeTests: written }));

  test("asks where the platform puts an application, unless another page is named", () => {
    const page = "https://www.example.com/health";
    expect(
      smokeTests([
        { environment: "staging", application: "shop" },
        { environment: "live", application: "shop" },
        { environment: "live", application: "web", page },
      ]),
    ).toEqual([
      { environment: "staging", application: "shop", page: "https://shop.staging.example.com/" },
      { environment: "live", application: "shop", page: "https://shop.example.com/" },
      { environment: "live", application: "web", page },
    ]);
  });
});

describe("the node pools", () => {
  const pools = (nodePools: object): string[] => mistakes({ cluster: { nodePools } });

  test("keep pods that ask for no GPU off the nodes that have one", () => {
    const { nodePools } = lke({ nodePools: { main: {}, gpu: { type: "g2-gpu-rtx4000a1-s", count: 1 } } });
    expect(nodePools["gpu"]?.taints).toEqual([{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }]);
  });

  test("may have an autoscaler in place of a count", () => {
    expect(lke({ nodePools: { main: { autoscaler: { min: 2, max: 5 } } } }).nodePools["main"]?.count).toEqual({
      min: 2,
      max: 5,
    });
  });

  test.each([
    [
      "a pool of zero",
      { main: { count: 0 } },
      "platform.cluster.nodePools.main.count: is 0; allowed: a whole number from 1 to 100.",
    ],
    [
      "least above most",
      { main: { autoscaler: { min: 5, max: 2 } } },
      "platform.cluster.nodePools.main.autoscaler: min 5 is more than max 2; allowed: min up to max.",
    ],
    [
      "both count and autoscaler",
      { main: { count: 1, autoscaler: { min: 1, max: 2 } } },
      "platform.cluster.nodePools.main: has both count and autoscaler; allowed: one of them.",
    ],
    [
      "pools without the one that the cluster is made with",
      { other: {} },
      "platform.cluster.nodePools.main: is missing: the pool that the cluster is made with; allowed: a pool named main.",
    ],
    [
      "a main pool that keeps all pods off",
      { main: { taints: ["a=b:NoSchedule"] } },
      "platform.cluster.nodePools.main.taints: keeps all pods off the pool that the platform itself runs on; allowed: taints on other pools.",
    ],
    [
      "a taint without an effect",
      { main: {}, x: { taints: ["a=b"] } },
      'platform.cluster.nodePools.x.taints.0: "a=b" is no taint; allowed: key=value:NoSchedule, :NoExecute or :PreferNoSchedule.',
    ],
  ])("are refused with %s", (_what, nodePools, message) => {
    expect(pools(nodePools)).toEqual([message]);
  });
});

describe("what Linode offers", () => {
  const offers: LinodeOffers = {
    regions: [
      { id: "fr-par", capabilities: ["Linodes", "Kubernetes"] },
      { id: "nowhere", capabilities: ["Linodes"] },
    ],
    types: [
      { id: "g6-standard-2", monthly: 24 },
      { id: "g6-standard-4", monthly: 48 },
      { id: "g2-gpu-rtx4000a1-s", monthly: 350 },
    ],
    versions: ["1.9", "1.34", "1.35"],
  };
  const refused = (cluster: object): string[] => offerViolations(lke(cluster), offers).map(describeViolation);

  test("has all that the defaults ask for", () => {
    expect(refused({})).toEqual([]);
  });

  test("gives the newest version where none is asked for", () => {
    expect(resolveVersion(lke(), offers)).toBe("1.35");
  });

  test("names the choices for a version that is gone", () => {
    expect(refused({ kubernetesVersion: "1.31" })).toEqual([
      "platform.cluster.kubernetesVersion: 1.31 is not offered by LKE any more; the nearest is 1.34; allowed: 1.9, 1.34, 1.35.",
    ]);
  });

  test("names the regions that have LKE for one that has not", () => {
    expect(refused({ region: "nowhere" })).toEqual([
      "platform.cluster.region: nowhere is no region with LKE; the nearest is fr-par; allowed: fr-par.",
    ]);
  });

  test("names the types of the same kind for one that there is not", () => {
    expect(refused({ nodePools: { main: { type: "g6-standard-3" } } })).toEqual([
      "platform.cluster.nodePools.main.type: g6-standard-3 is no type of Linode's; the nearest is g6-standard-2; allowed: g6-standard-2, g6-standard-4.",
    ]);
  });

  test("tells what each pool costs in a month, an autoscaled one from its least to its most", () => {
    const nodePools = { main: { count: 3 }, burst: { type: "g6-standard-2", autoscaler: { min: 1, max: 4 } } };
    expect(monthlyCosts(lke({ nodePools }), offers)).toEqual({
      main: { least: 144, most: 144 },
      burst: { least: 24, most: 96 },
    });
  });
});
