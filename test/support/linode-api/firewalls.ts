/** Firewalls and the machines they stand before. */

import { CreateFirewallSchema, UpdateFirewallSchema } from "@linode/validation";
import { callsAbout, notFound, page, validBody, type Call, type Route } from "./route";

interface Rules {
  inbound?: unknown[];
  outbound?: unknown[];
  inbound_policy: string;
  outbound_policy: string;
}

interface Device {
  readonly id: number;
  readonly entity: { readonly id: number; readonly type: string };
}

interface FirewallBody {
  label: string;
  tags?: string[];
  rules: Rules;
  devices?: { linodes?: number[] };
}

interface Firewall {
  readonly id: number;
  label: string;
  tags: string[];
  status: string;
  rules: Rules & { version: number };
  devices: Device[];
}

/** An account's firewalls; it has none at first. */
export class Firewalls {
  private readonly all = new Map<number, Firewall>();
  private nextId = 5000;

  /** The calls about them. */
  get routes(): readonly Route[] {
    const { get, post, put, remove } = callsAbout("firewall");
    const [many, one] = [/^\/networking\/firewalls$/, /^\/networking\/firewalls\/(\d+)$/];
    const rules = /^\/networking\/firewalls\/(\d+)\/rules$/;
    const devices = /^\/networking\/firewalls\/(\d+)\/devices$/;
    const device = /^\/networking\/firewalls\/(\d+)\/devices\/(\d+)$/;
    return [
      post(many, (call) => describe(this.create(call))),
      get(many, (call) => page([...this.all.values()].map(describe), call)),
      get(one, (call) => describe(this.find(call))),
      put(one, (call) => describe(this.update(call))),
      remove(one, (call) => void this.all.delete(this.find(call).id)),
      get(rules, (call) => this.find(call).rules),
      put(rules, (call) => this.replaceRules(call)),
      get(devices, (call) => page(this.find(call).devices.map(describeDevice), call)),
      post(devices, (call) => describeDevice(this.attach(call))),
      remove(device, (call) => this.detach(call)),
    ];
  }

  private find({ parameters: [id] }: Call): Firewall {
    const found = this.all.get(Number(id));
    if (found === undefined) throw notFound();
    return found;
  }

  private create(call: Call): Firewall {
    const body = validBody(CreateFirewallSchema, call) as FirewallBody;
    const { label, tags = [], rules, devices: { linodes = [] } = {} } = body;
    const devices = linodes.map((id) => ({ id: this.nextId++, entity: { id, type: "linode" } }));
    const id = this.nextId++;
    const firewall = { id, label, tags, status: "enabled", rules: { ...rules, version: 1 }, devices };
    this.all.set(id, firewall);
    return firewall;
  }

  private update(call: Call): Firewall {
    validBody(UpdateFirewallSchema, call);
    return Object.assign(this.find(call), call.body);
  }

  private replaceRules(call: Call): Firewall["rules"] {
    const firewall = this.find(call);
    firewall.rules = { ...(call.body as Rules), version: firewall.rules.version + 1 };
    return firewall.rules;
  }

  private attach(call: Call): Device {
    const device = { id: this.nextId++, entity: call.body as Device["entity"] };
    this.find(call).devices.push(device);
    return device;
  }

  private detach(call: Call): void {
    const firewall = this.find(call);
    firewall.devices = firewall.devices.filter(({ id }) => id !== Number(call.parameters[1]));
  }
}

const when = { created: "2026-01-01T00:00:00", updated: "2026-01-01T00:00:00" };

function describe({ devices, rules, ...rest }: Firewall) {
  const { inbound = [], outbound = [], ...policies } = rules;
  const entities = devices.map(({ entity }) => entity);
  return { ...rest, ...when, entities, rules: { inbound, outbound, ...policies, fingerprint: "997dd135" } };
}

function describeDevice({ id, entity }: Device) {
  return {
    id,
    ...when,
    entity: { ...entity, label: `linode-${String(entity.id)}`, url: `/v4/linode/instances/${String(entity.id)}` },
  };
}
