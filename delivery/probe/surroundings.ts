/** What stands around a service that the API server calls: its pods, and the policies of its namespace. */

import * as z from "zod";
import { getObjects, type KubectlOptions } from "../kubectl";

/** A service of the cluster. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
}

/** What the cluster tells of a service. */
export interface Surroundings {
  readonly namespace: string;
  /** Whether a pod of it takes requests. */
  readonly hasReadyPod: boolean;
  /** The blocks that the platform's policies let in there as the API server. */
  readonly admitted: readonly string[];
}

const slices = z.object({
  items: z.array(
    z.object({
      endpoints: z.array(z.object({ conditions: z.object({ ready: z.boolean().optional() }).default({}) })).nullish(),
    }),
  ),
});

const policies = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        ingress: z
          .array(
            z.object({ from: z.array(z.object({ ipBlock: z.object({ cidr: z.string() }).optional() })).default([]) }),
          )
          .default([]),
      }),
    }),
  ),
});

/** Asks the cluster what stands around a service that a call did not reach. */
export async function surroundings({ namespace, name }: Service, options: KubectlOptions): Promise<Surroundings> {
  const inNamespace = ["--namespace", namespace];
  const ofService = ["--selector", `kubernetes.io/service-name=${name}`];
  const [behind, rules] = await Promise.all([
    getObjects(["endpointslices", ...inNamespace, ...ofService], options),
    getObjects(["networkpolicies", ...inNamespace], options),
  ]);
  const endpoints = slices.parse(behind).items.flatMap((slice) => slice.endpoints ?? []);
  // The platform's policies are called after their flow: components/network/rendering.ts.
  const forApiServer = policies.parse(rules).items.filter(({ metadata }) => metadata.name.startsWith("api-server-to-"));
  const peers = forApiServer.flatMap(({ spec }) => spec.ingress.flatMap(({ from }) => from));
  return {
    namespace,
    hasReadyPod: endpoints.some(({ conditions }) => conditions.ready !== false),
    admitted: [...new Set(peers.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []))],
  };
}
