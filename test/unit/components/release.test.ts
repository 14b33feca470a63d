import type { ResourceTransformArgs } from "@pulumi/pulumi";
import { withoutServiceWait } from "../../../components/cluster/release";

/** What becomes of an object of a chart; undefined where it stays as it is. */
function changed(type: string, props: object): unknown {
  const args = { type, name: "web", custom: true, props, opts: {} } satisfies ResourceTransformArgs;
  return withoutServiceWait(args)?.props;
}

describe("an object of a chart", () => {
  test("that is a Service is not waited for, and keeps its annotations", () => {
    const service = { metadata: { name: "web", annotations: { a: "b" } }, spec: { type: "ClusterIP" } };
    expect(changed("kubernetes:core/v1:Service", service)).toEqual({
      metadata: { name: "web", annotations: { a: "b", "pulumi.com/skipAwait": "true" } },
      spec: { type: "ClusterIP" },
    });
  });

  test("that is a load balancer is waited for until it has its address", () => {
    expect(changed("kubernetes:core/v1:Service", { spec: { type: "LoadBalancer" } })).toBeUndefined();
  });

  test("that is a workload is waited for", () => {
    expect(changed("kubernetes:apps/v1:Deployment", { metadata: { name: "web" } })).toBeUndefined();
  });
});
