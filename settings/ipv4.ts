/** IPv4 addresses and ranges as numbers. Pure. */

/** A range of IPv4 addresses. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** The addresses of a network in CIDR; an address without a length is one address. Undefined where it is not IPv4. */
export function parseCidr(text: string): AddressRange | undefined {
  const [address = "", length = "32"] = text.split("/");
  const value = parseAddress(address);
  if (value === undefined) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

/** An address as a number; undefined where it is none. */
export function parseAddress(text: string): number | undefined {
  const octets = text.split(".").map(Number);
  const valid = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  return valid ? octets.reduce((value, octet) => value * 256 + octet, 0) : undefined;
}

/** A number as an address. */
export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Whether an address is of one of these networks, CIDR. What is not IPv4 is left aside. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const value = parseAddress(address);
  const ranges = networks.map(parseCidr).filter((range) => range !== undefined);
  return value !== undefined && ranges.some(({ first, last }) => first <= value && value <= last);
}
