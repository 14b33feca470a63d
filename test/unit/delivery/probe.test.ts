/** The pure part of the probe: what the API server says of its own calls, and what follows. Its words are those of Kubernetes 1.36. */

import { examples } from "../../../delivery/probe/examples";
import { explain } from "../../../delivery/probe/explain";
import { reachOf, serverError } from "../../../delivery/probe/reach";
import { askedServices, configurations, webhooksFor } from "../../../delivery/probe/webhooks";

const failing = (cause: string) =>
  `Error from server (InternalError): error when creating "STDIN": Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: ${cause}`;
const post = 'Post "https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s":';

describe("a call of the API server", () => {
  test.each([
    ["a verdict", 'Error from server (Forbidden): admission webhook "w" denied the request: no', "verdict"],
    ["no answer in time", failing(`${post} context deadline exceeded`), "silent"],
    ["no answer to the connection", failing(`${post} dial tcp 10.128.0.7:443: i/o timeout`), "silent"],
    ["a closed port", failing(`${post} dial tcp 10.128.0.7:443: connect: connection refused`), "closed"],
    ["nobody behind the service", failing(`${post} no endpoints available for service "w"`), "nobody"],
    ["a service that is gone", failing(`${post} service "w" not found`), "nobody"],
    [
      "a stranger's certificate",
      failing(`${post} tls: failed to verify certificate: x509: signed by unknown`),
      "untrusted",
    ],
    ["an answer that is no verdict", failing("the server could not find the requested resource"), "answer"],
    [
      "an API that does not answer",
      'failing or missing response from https://10.1.1.1:443/apis: Get "…": context deadline exceeded',
      "silent",
    ],
    [
      "an API without pods",
      'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
      "nobody",
    ],
    ["something else", "Error from server (Forbidden): certificates is forbidden: User cannot create", "unknown"],
  ] as const)("that ended with %s is told apart", (_what, said, reach) => {
    expect(reachOf(said)).toBe(reach);
  });

  test("is told by the API server's own words, not by kubectl's about another API", () => {
    const other =
      "E1130 memcache.go:265] couldn't get resource list for metrics.k8s.io/v1beta1: context deadline exceeded";
    expect(serverError(`${other}\n${failing("EOF")}\n`)).toBe(failing("EOF"));
  });
});

describe("what keeps the API server from a service", () => {
  const around = { namespace: "cert-manager", hasReadyPod: true, admitted: ["192.168.128.0/17", "10.2.0.0/16"] };

  test("names the setting and the blocks that it lets in now, where calls are dropped before a pod that is ready", () => {
    expect(explain("silent", around)).toBe(
      "calls to it are dropped, and its policies let in 192.168.128.0/17 and 10.2.0.0/16: add the block that the API server calls from to `network.apiServer` in the stack's config, then run `pulumi up`",
    );
  });

  test.each([
    ["where no pod is ready", "silent", { ...around, hasReadyPod: false }, "no pod of it is ready"],
    ["where nobody listens", "closed", around, "nobody listens at its port"],
    ["where the certificate is not trusted", "untrusted", around, "cainjector"],
    ["where no policy is the platform's", "silent", { ...around, admitted: [] }, "the firewall of the nodes"],
  ] as const)("is not the setting %s", (_where, reach, surroundings, instead) => {
    const said = explain(reach, surroundings);
    expect([said.includes("network.apiServer"), said.includes(instead)]).toEqual([false, true]);
  });
});

describe("the services that are asked", () => {
  const rule = (apiGroups: string[], resources: string[], operations = ["CREATE"]) => ({
    operations,
    apiGroups,
    resources,
    apiVersions: ["v1"],
  });
  const service = { namespace: "cert-manager", name: "webhook" };
  const of = (rules: object[], clientConfig: object = { service }) => ({ name: "w", clientConfig, rules });
  const found = (...webhooks: object[]) =>
    askedServices(configurations.parse({ items: webhooks.map((one) => ({ webhooks: [one] })) }));
  const [certificate] = examples;

  test("are each named once, however many webhooks they answer", () => {
    const [one, ...others] = found(of([]), of([]));
    expect([one?.name, one?.webhooks.length, others]).toEqual(["webhook", 2, []]);
  });

  test("are none for a webhook outside the cluster", () => {
    expect(found(of([], { url: "https://example.com" }))).toEqual([]);
  });

  test.each([
    ["by its name", [rule(["cert-manager.io"], ["certificates"])], 1],
    ["by a star for everything", [rule(["cert-manager.io", "acme.cert-manager.io"], ["*/*"], ["CREATE", "UPDATE"])], 1],
    ["not when it is asked about others", [rule(["cert-manager.io"], ["certificaterequests"])], 0],
    ["not when it is asked about changes alone", [rule(["cert-manager.io"], ["certificates"], ["UPDATE"])], 0],
  ] as const)("know an example %s", (_how, rules, count) => {
    expect(webhooksFor(found(of([...rules]))[0]!, certificate!)).toHaveLength(count);
  });
});
