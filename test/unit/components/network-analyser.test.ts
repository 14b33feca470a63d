/** The table of flows against an analyser that knows nothing of it. */

import type { Flow } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { networkAnalyser } from "../../../tools/test/network-analyser";
import { root } from "../docs/markdown";
import {
  analysed,
  endsOf,
  isAt,
  podsOf,
  promised,
  registeredObjects,
  strangers,
  type AnalysedPod,
  type Connection,
  type KubernetesObject,
} from "./analysed-network";
import { platformSettings } from "./platform-settings";

const analyser = networkAnalyser(root);
if (analyser === undefined) process.stderr.write("skipped: nca is not here; `make test` sets it up\n");
const describeWithAnalyser = analyser === undefined ? describe.skip : describe;

/** nca takes seconds for a platform, more on a busy machine. */
const patience = 120_000;

/** An address each of what a platform is among. */
const addresses = {
  world: "140.82.121.3",
  pod: "10.2.3.4",
  node: "192.168.130.5",
  metadata: "169.254.169.254",
  otherPrivate: "172.16.5.5",
};

function analyse(flows: readonly Flow[], objects: readonly KubernetesObject[]) {
  const ours = podsOf(flows);
  return { ours, found: analysed(analyser ?? "", objects, [...ours, ...strangers]) };
}

/** What the table says and the analyser does not find, and the other way round, wherever a pod of ours is an end. */
function differences(flows: readonly Flow[], ours: readonly AnalysedPod[], found: readonly Connection[]) {
  const names = new Set(ours.map(({ namespace, name }) => `${namespace}/${name}`));
  const says = new Set(promised(flows, [...ours, ...strangers]));
  const finds = new Set(found.filter((one) => isBetweenPods(one) && endsOf(one).some((end) => names.has(end))));
  return {
    missing: [...says].filter((one) => !finds.has(one)).sort(),
    unwanted: [...finds].filter((one) => !says.has(one)).sort(),
  };
}

function isBetweenPods(connection: Connection): boolean {
  return endsOf(connection).every((end) => end.includes("/"));
}

/** Who reaches an address, as `namespace/pod : TCP 443`. */
function reaching(found: readonly Connection[], address: string): string[] {
  return found
    .filter((one) => isAt(endsOf(one)[1], address))
    .map((one) => one.replace(/ => .* : /, " : "))
    .filter((one) => !strangers.some(({ namespace, name }) => one.startsWith(`${namespace}/${name} `)));
}

/** What of ours is reached from an address. */
function reachedFrom(found: readonly Connection[], address: string): string[] {
  return found
    .filter((one) => isAt(endsOf(one)[0], address))
    .map((one) => one.replace(/^.* => /, ""))
    .filter((one) => !strangers.some(({ namespace, name }) => one.startsWith(`${namespace}/${name} `)));
}

const everything = {
  environments: { staging: {}, production: {}, preview: {} },
  gitops: {
    repository: "git@github.com:example/infrastructure.git",
    highAvailability: true,
    githubOrganization: "example",
  },
  ingress: { externalDns: true, challenge: "dns01" },
};

describeWithAnalyser("the policies of a platform", () => {
  const settings = platformSettings();
  const flows = flowsOf(settings);
  let objects: readonly KubernetesObject[];
  let ours: readonly AnalysedPod[];
  let found: readonly Connection[];

  beforeAll(async () => {
    objects = await registeredObjects(settings);
    ({ ours, found } = analyse(flows, objects));
  }, patience);

  test("let every flow of the table pass, and no other between its pods or from strangers", () => {
    expect(differences(flows, ours, found)).toEqual({ missing: [], unwanted: [] });
  });

  test(
    "do so with every setting that adds flows",
    async () => {
      const other = platformSettings(everything);
      const table = flowsOf(other);
      const analysis = analyse(table, await registeredObjects(other));
      expect(differences(table, analysis.ours, analysis.found)).toEqual({ missing: [], unwanted: [] });
    },
    patience,
  );

  test("let nothing begin between staging and production, either way", () => {
    const between = found.filter((one) => {
      const [from, to] = endsOf(one);
      return (
        (from.startsWith("staging/") && to.startsWith("production/")) ||
        (from.startsWith("production/") && to.startsWith("staging/"))
      );
    });
    expect(between).toEqual([]);
  });

  test("let an environment reach no address at all", () => {
    const outward = found.filter((one) => /^(staging|production)\//.test(one) && !isBetweenPods(one));
    expect(outward).toEqual([]);
  });

  test("let nobody reach a pod by its address alone, nor where a cloud tells a machine its secrets", () => {
    expect([reaching(found, addresses.pod), reaching(found, addresses.metadata)]).toEqual([[], []]);
  });

  test("let nobody but callers of the API, and Prometheus at kubelets, reach a private network", () => {
    const ports = (address: string) => [...new Set(reaching(found, address).map((one) => one.replace(/^.* : /, "")))];
    expect([ports(addresses.otherPrivate).sort(), ports(addresses.node).sort()]).toEqual([
      ["TCP 443", "TCP 6443"],
      ["TCP 10250", "TCP 443", "TCP 6443"],
    ]);
  });

  test("let the world reach the ingress alone", () => {
    expect(reachedFrom(found, addresses.world)).toEqual(
      ["0", "1"].flatMap((copy) => ["80", "443"].map((port) => `ingress/nginx-ingress-${copy} : TCP ${port}`)),
    );
  });

  test("let what the API server calls be reached from the nodes and from addresses of pods, beside the ingress", () => {
    const called = [
      "cert-manager/cert-manager-webhook : TCP 10250",
      "ingress/nginx-ingress : TCP 443",
      "ingress/nginx-ingress : TCP 80",
      "monitoring/prometheus-operator : TCP 10250",
      "secrets/sealed-secrets : TCP 8080",
    ];
    const from = (address: string) =>
      [...new Set(reachedFrom(found, address).map((one) => one.replace(/-[01](?= )/, "")))].sort();
    expect([from(addresses.node), from(addresses.pod)]).toEqual([called, called]);
  });
});

describeWithAnalyser("the comparison", () => {
  test(
    "notices a policy that is gone at either end, a policy too many, and a flow that is not in the table",
    async () => {
      const settings = platformSettings();
      const flows = flowsOf(settings);
      const gone = ["alloy-events-to-loki-egress", "grafana-to-tempo-ingress"];
      const left = (await registeredObjects(settings)).filter(({ metadata }) => !gone.includes(metadata?.name ?? ""));
      const open = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "open", namespace: "production" },
        spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 5432, protocol: "TCP" }] }] },
      };
      const table = flows.filter(({ name }) => name !== "grafana-to-prometheus");
      const { ours, found } = analyse(flows, [...left, open]);
      const { missing, unwanted } = differences(table, ours, found);
      const rows = (all: string[]) => [...new Set(all.map((one) => one.replace(/-[01](?= )/g, "")))];
      expect(rows(missing)).toEqual([
        "monitoring/alloy-events => monitoring/loki : TCP 3100",
        "monitoring/grafana => monitoring/tempo : TCP 3200",
      ]);
      expect(rows(unwanted)).toEqual([
        "default/stranger => production/production-challenge-solver : TCP 5432",
        "default/stranger => production/production-service : TCP 5432",
        "default/stranger => production/production-smoke-test : TCP 5432",
        "default/stranger => production/unlabelled : TCP 5432",
        ...["kube-system/coredns", "kube-system/metrics-server", "kube-system/provider"].flatMap((from) =>
          ["production-challenge-solver", "production-service", "production-smoke-test", "unlabelled"].map(
            (to) => `${from} => production/${to} : TCP 5432`,
          ),
        ),
        "monitoring/grafana => monitoring/prometheus : TCP 9090",
      ]);
    },
    patience,
  );
});
