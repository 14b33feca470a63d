/** What stands against the addresses that instances ask for. Pure. */
import { bridgeOf } from "../settings/bridge";
import { nameEntry, toHolder } from "./holders";
import { asking } from "./own-addresses";
import type { LeaseRequest, LedgerEntry, Refusal } from "./promises";

/** A refusal for every address that cannot be had, with who has it. */
export function addressRefusals(request: LeaseRequest): Refusal[] {
  const { entries, stack, promises, addresses } = request;
  const others = entries.filter((entry) => entry.stack !== stack);
  const wanted = new Map<string, string>();
  return asking(promises).flatMap(({ id, backend }): Refusal[] => {
    const address = addresses.get(id)?.address;
    if (address === undefined) return [nothingLeft(id, backend)];
    const twin = wanted.get(address);
    wanted.set(address, id);
    if (twin !== undefined) return [conflict(`${twin} and ${id} both want the address ${address}.`, { id, address })];
    const holder = others.find((entry) => entry.address?.address === address);
    if (holder !== undefined) return [takenByOther(id, address, holder)];
    const use = request.addressUses.get(address);
    return use?.state === "taken" ? [conflict(`${wish(address, id)} is ${use.holder}.`, { id, address })] : [];
  });
}

function takenByOther(id: string, address: string, holder: LedgerEntry): Refusal {
  const message = `${wish(address, id)} is leased to ${nameEntry(holder)}.`;
  return conflict(message, { id, address, holder: toHolder(holder) });
}

function nothingLeft(id: string, backend: LedgerEntry["backend"]): Refusal {
  return {
    ...conflict(`No address of ${backend}'s bridge is free for ${id}.`, { id, backend }),
    suggestion: "Run `vagrantp rm` in projects you no longer need, or name one of another network by IP_ADDRESS.",
  };
}

function conflict(message: string, details: Refusal["details"]): Refusal {
  return { code: "PORT_CONFLICT", message, details, suggestion: otherAddress };
}

const otherAddress = "Give IP_ADDRESS another value, or leave it out: one is chosen then (`vagrantp ports` shows it).";

function wish(address: string, id: string): string {
  return `Address ${address}, wanted by ${id} on ${bridgeOf(address).subnet},`;
}
