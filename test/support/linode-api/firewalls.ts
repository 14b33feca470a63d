/** Firewalls and the machines they stand before. */

import { CreateFirewallSchema, UpdateFirewallSchema } from "@linode/validation";
import { notFound, page, validBody, type Call, type Route } from "./route";

interface Rules {
  inbound?: unknown[];
  outbound?: unknown[];
  inbound_policy: string;
  outbound_policy: string;
}

interface Firewall {
  readonly id: number;
  label: string;
  tags: string[];
  status: string;
  rules: Rules & { version: number };
  devices: { readonly id: number; readonly entity: { readonly id: number; readonly type: string } }[];
}

/** The calls about firewalls, of an account that has none. */
export function firewallRoutes(): readonly Route[] {
  const firewalls = new Map<number, Firewall>();
  let nextId = 5000;
  const firewallOf = ({ parameters: [id] }: Call): Firewall => {
    const found = firewalls.get(Number(id));
    if (found === undefined) throw notFound();
    return found;
  };

  function create(call: Call) {
    const {
      label,
      tags = [],
      rules,
      devices,
    } = validBody(CreateFirewallSchema, call) as {
      label: string;
      tags?: string[];
      rules: Rules;
      devices?: { linodes?: number[] };
    };
    const attached = (devices?.linodes ?? []).map((id) => ({ id: nextId++, entity: { id, type: "linode" } }));
    const firewall = {
      id: nextId++,
      label,
      tags,
      status: "enabled",
      rules: { ...rules, version: 1 },
      devices: attached,
    };
    firewalls.set(firewall.id, firewall);
    return describe(firewall);
  }

  const scope = { read: "firewall:read_only", write: "firewall:read_write" };
  return [
    { method: "POST", pattern: /^\/networking\/firewalls$/, scope: scope.write, handle: create },
    {
      method: "GET",
      pattern: /^\/networking\/firewalls$/,
      scope: scope.read,
      handle: (call) => page([...firewalls.values()].map(describe), call),
    },
    {
      method: "GET",
      pattern: /^\/networking\/firewalls\/(\d+)$/,
      scope: scope.read,
      handle: (call) => describe(firewallOf(call)),
    },
    {
      method: "PUT",
      pattern: /^\/networking\/firewalls\/(\d+)$/,
      scope: scope.write,
      handle: (call) => {
        validBody(UpdateFirewallSchema, call);
        return describe(Object.assign(firewallOf(call), call.body));
      },
    },
    {
      method: "DELETE",
      pattern: /^\/networking\/firewalls\/(\d+)$/,
      scope: scope.write,
      handle: (call) => void firewalls.delete(firewallOf(call).id),
    },
    {
      method: "GET",
      pattern: /^\/networking\/firewalls\/(\d+)\/rules$/,
      scope: scope.read,
      handle: (call) => firewallOf(call).rules,
    },
    {
      method: "PUT",
      pattern: /^\/networking\/firewalls\/(\d+)\/rules$/,
      scope: scope.write,
      handle: (call) => {
        const firewall = firewallOf(call);
        firewall.rules = { ...(call.body as Rules), version: firewall.rules.version + 1 };
        return firewall.rules;
      },
    },
    {
      method: "GET",
      pattern: /^\/networking\/firewalls\/(\d+)\/devices$/,
      scope: scope.read,
      handle: (call) => page(firewallOf(call).devices.map(describeDevice), call),
    },
    {
      method: "POST",
      pattern: /^\/networking\/firewalls\/(\d+)\/devices$/,
      scope: scope.write,
      handle: (call) => {
        const device = { id: nextId++, entity: call.body as { id: number; type: string } };
        firewallOf(call).devices.push(device);
        return describeDevice(device);
      },
    },
    {
      method: "DELETE",
      pattern: /^\/networking\/firewalls\/(\d+)\/devices\/(\d+)$/,
      scope: scope.write,
      handle: (call) => {
        const firewall = firewallOf(call);
        firewall.devices = firewall.devices.filter(({ id }) => id !== Number(call.parameters[1]));
      },
    },
  ];
}

const when = { created: "2026-01-01T00:00:00", updated: "2026-01-01T00:00:00" };

function describe({ devices, rules, ...rest }: Firewall) {
  const { inbound = [], outbound = [], ...policies } = rules;
  const entities = devices.map(({ entity }) => entity);
  return { ...rest, ...when, entities, rules: { inbound, outbound, ...policies, fingerprint: "997dd135" } };
}

function describeDevice({ id, entity }: Firewall["devices"][number]) {
  return {
    id,
    ...when,
    entity: { ...entity, label: `linode-${String(entity.id)}`, url: `/v4/linode/instances/${String(entity.id)}` },
  };
}
