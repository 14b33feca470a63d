/** Which services the API server asks before it takes an object. Pure. */

import * as z from "zod";
import type { Example } from "./examples";

const webhook = z.object({
  clientConfig: z.object({ service: z.object({ namespace: z.string(), name: z.string() }).optional() }),
  failurePolicy: z.enum(["Fail", "Ignore"]).default("Fail"),
  timeoutSeconds: z.number().default(10),
  rules: z
    .array(
      z.object({ operations: z.array(z.string()), apiGroups: z.array(z.string()), resources: z.array(z.string()) }),
    )
    .default([]),
});

/** The answer of `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o json`. */
export const configurations = z.object({ items: z.array(z.object({ webhooks: z.array(webhook).default([]) })) });

type Webhook = z.output<typeof webhook>;

/** A service that is asked, by one webhook or several. */
export interface AskedService {
  readonly namespace: string;
  readonly name: string;
  readonly webhooks: readonly Webhook[];
}

/** The services, each once. A webhook at an address outside the cluster is no affair of the platform's. */
export function askedServices({ items }: z.output<typeof configurations>): readonly AskedService[] {
  const services = new Map<string, AskedService>();
  for (const one of items.flatMap(({ webhooks }) => webhooks)) {
    const { service } = one.clientConfig;
    if (service === undefined) continue;
    const key = `${service.namespace}/${service.name}`;
    services.set(key, { ...service, webhooks: [...(services.get(key)?.webhooks ?? []), one] });
  }
  return [...services.values()];
}

/** The webhooks of a service that are asked about an example. */
export function webhooksFor({ webhooks }: AskedService, { group, resource }: Example): readonly Webhook[] {
  const has = (all: readonly string[], ...wanted: string[]) => wanted.some((one) => all.includes(one));
  return webhooks.filter(({ rules }) =>
    rules.some(
      ({ operations, apiGroups, resources }) =>
        has(operations, "CREATE", "*") && has(apiGroups, group, "*") && has(resources, resource, "*", "*/*"),
    ),
  );
}
