import { flow, isOurs, type Flow } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { Policies } from "../../../components/network/policies";
import { policiesOf } from "../../../components/network/rendering";
import { overlap } from "../../../settings/platform/cidr";
import type { PlatformSettings } from "../../../settings/platform/platform";
import { platformSettings, type GivenPlatform } from "./platform-settings";
import { registrationsOf } from "./registrations";

const settings = platformSettings();
const repository = (address: string) => ({ gitops: { repository: address } });
const names = (flows: readonly Flow[]) => flows.map(({ name }) => name);
const flowsWith = (more: GivenPlatform) => flowsOf(platformSettings(more));
const portsOf = (flows: readonly Flow[], name: string) =>
  flows.find((one) => one.name === name)?.ports.map(({ port }) => port);

const a = { name: "a", namespace: "one", label: { key: "app", value: "a" } };
const b = { name: "b", namespace: "one", label: { key: "app", value: "b" } };
const c = { name: "c", namespace: "two", label: { key: "app", value: "c" } };
const outside = { name: "world", peers: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] };

describe("a flow", () => {
  test("becomes a policy that lets it out of its source, and one that lets it into its target", () => {
    const ports = [
      { port: 80, protocol: "TCP" },
      { port: 53, protocol: "UDP" },
    ];
    expect(policiesOf([flow(a, c, [80, { port: 53, protocol: "UDP" }], "because")])).toEqual([
      {
        name: "a-to-c-egress",
        namespace: "one",
        spec: {
          podSelector: { matchLabels: { app: "a" } },
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "two" } },
                  podSelector: { matchLabels: { app: "c" } },
                },
              ],
              ports,
            },
          ],
        },
      },
      {
        name: "a-to-c-ingress",
        namespace: "two",
        spec: {
          podSelector: { matchLabels: { app: "c" } },
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "one" } },
                  podSelector: { matchLabels: { app: "a" } },
                },
              ],
              ports,
            },
          ],
        },
      },
    ]);
  });

  test("has no policy at an end that is not ours", () => {
    const rendered = policiesOf([flow(a, outside, [443], "out"), flow(outside, c, [80], "in")]);
    expect(rendered.map(({ name, namespace }) => [name, namespace])).toEqual([
      ["a-to-world-egress", "one"],
      ["world-to-c-ingress", "two"],
    ]);
    expect(rendered[0]?.spec.egress).toEqual([{ to: outside.peers, ports: [{ port: 443, protocol: "TCP" }] }]);
  });

  test("of several workloads is one policy, which goes by their namespace", () => {
    const [egress] = policiesOf([flow([a, b], outside, [443], "both")]);
    expect([egress?.name, egress?.spec.podSelector]).toEqual([
      "one-to-world-egress",
      { matchExpressions: [{ key: "app", operator: "In", values: ["a", "b"] }] },
    ]);
  });

  test("of every pod of a namespace selects them all", () => {
    const [egress] = policiesOf([flow({ name: "one", namespace: "one" }, outside, [53], "names")]);
    expect(egress?.spec.podSelector).toEqual({});
  });

  test.each([
    ["of two namespaces", [a, c]],
    ["that two labels tell", [a, { ...b, label: { key: "name", value: "b" } }]],
    ["of which one is every pod", [a, { name: "one", namespace: "one" }]],
  ])("cannot be of several workloads %s", (_, workloads) => {
    expect(() => policiesOf([flow(workloads, outside, [443], "never")])).toThrow(/^(one end|workloads of one end)/);
  });
});

describe("the table", () => {
  test.each([
    ["a platform with defaults", {}],
    [
      "one with every setting",
      {
        gitops: { repository: "git@host:x", highAvailability: true },
        ingress: { externalDns: true, challenge: "dns01" },
      },
    ],
  ])("of %s names each flow once, and each says why and by which ports", (_, more) => {
    const flows = flowsWith(more);
    expect(names(flows)).toEqual([...new Set(names(flows))]);
    expect(flows.filter(({ why, ports }) => why === "" || ports.length === 0)).toEqual([]);
  });

  test("has the same flows for each environment, by its name", () => {
    const flows = flowsWith({ environments: { alpha: {}, beta: {} } });
    const of = (environment: string) =>
      names(flows)
        .filter((name) => name.includes(environment))
        .map((name) => name.replaceAll(environment, "X"));
    expect(of("alpha").length).toBeGreaterThan(5);
    expect(of("alpha")).toEqual(of("beta"));
  });

  test.each([
    ["https://github.com/example/x", undefined],
    ["https://git.example.com:8443/x", [8443]],
    ["git@github.com:example/x.git", [22]],
    ["ssh://git@git.example.com/x", [22]],
    ["ssh://git@git.example.com:2222/x", [2222]],
  ])("lets ArgoCD reach %s by its own port", (address, ports) => {
    expect(portsOf(flowsWith(repository(address)), "argocd-repo-server-to-world")).toEqual(ports);
  });

  test.each([
    ["external-dns", { ingress: { externalDns: true } }, "external-dns-to-world"],
    ["log-in by GitHub", { gitops: { githubOrganization: "acme" } }, "argocd-server-to-argocd-dex-server"],
    ["high availability", { gitops: { highAvailability: true } }, "argocd-redis-ha-haproxy-to-argocd-redis-ha"],
    ["DNS-01", { ingress: { challenge: "dns01" } }, "linode-solver-to-world"],
  ])("has a row for %s only where that is set", (_, more, name) => {
    expect([names(flowsOf(settings)).includes(name), names(flowsWith(more)).includes(name)]).toEqual([false, true]);
  });

  test("has rows for snapshots only where Linode has a bucket for them", () => {
    const existing = { cluster: { existing: { kubeconfig: "/kubeconfig" } } };
    const ofSnapshots = (more: GivenPlatform) => names(flowsWith(more)).filter((name) => name.includes("snapshot"));
    expect([ofSnapshots({}), ofSnapshots(existing)]).toEqual([
      ["openbao-snapshot-to-openbao", "openbao-snapshot-to-world"],
      [],
    ]);
  });

  test("lets the API server call from the nodes and the ends of their tunnels, or from where the settings say", () => {
    const callers = (more: GivenPlatform) =>
      flowsWith(more)
        .filter(({ name }) => name === "api-server-to-cert-manager-webhook")
        .flatMap(({ from }) => (isOurs(from) ? [] : from.peers));
    expect([callers({}), callers({ network: { apiServer: ["172.31.0.0/16"] } })]).toEqual([
      [{ ipBlock: { cidr: "192.168.128.0/17" } }, { ipBlock: { cidr: "10.2.0.0/16" } }],
      [{ ipBlock: { cidr: "172.31.0.0/16" } }],
    ]);
  });

  test("lets nobody out to an address of the pods' block, wherever that is", () => {
    const pods = "100.96.0.0/12";
    const open = policiesOf(flowsWith({ network: { pods } }))
      .flatMap(({ spec }) => (spec.egress ?? []) as { to: { ipBlock?: { cidr: string; except?: string[] } }[] }[])
      .flatMap(({ to }) => to.flatMap(({ ipBlock }) => ipBlock ?? []))
      .filter(({ cidr, except = [] }) => overlap(cidr, pods) && !except.includes(pods));
    expect(open).toEqual([]);
  });
});

test("blocks of version 6 are never left out of one of version 4, which the API server would refuse", () => {
  const network = { pods: "2001:db8:1::/48", services: "2001:db8:2::/48", nodes: "2001:db8:3::/48" };
  const left = policiesOf(flowsWith({ network }))
    .flatMap(({ spec }) => (spec.egress ?? []) as { to: { ipBlock?: { except?: string[] } }[] }[])
    .flatMap(({ to }) => to.flatMap(({ ipBlock }) => ipBlock?.except ?? []));
  expect(left.filter((block) => block.includes(":"))).toEqual([]);
});

describe("the component", () => {
  const namespaces = [
    "argocd",
    "cert-manager",
    "ingress",
    "monitoring",
    "node-agents",
    "secrets",
    "staging",
    "production",
  ];
  const given = Object.fromEntries(namespaces.map((name) => [name, `${name}-made`]));
  const declare = (of: PlatformSettings, made: Record<string, string>) =>
    registrationsOf({}, () => new Policies("network", { settings: of, namespaces: made }));

  test("makes a policy of the same name for each one rendered, in the namespace that was made", async () => {
    const { all } = await declare(settings, given);
    const byName = (entries: (readonly [string, unknown])[]) => Object.fromEntries(entries);
    const policies = policiesOf(flowsOf(settings)).map(({ name, namespace, spec }) => {
      const metadata = { name, namespace: `${namespace}-made` };
      const inputs = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
      return [name, ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "network", inputs]] as const;
    });
    expect(byName(all.map(({ type, name, parent, inputs }) => [name, [type, parent, inputs]]))).toEqual(
      byName([["network", ["groundwork:network:Policies", "", {}]], ...policies]),
    );
  });

  test("says which namespace of the table there is not", async () => {
    const { monitoring, ...others } = given;
    expect(monitoring).toBeDefined();
    await expect(declare(settings, others)).rejects.toThrow("the platform has no namespace monitoring");
  });
});
