/**
 * A second opinion on the values of an `.env`, written from the README's table alone and by other means than
 * the product's: characters and whole numbers instead of patterns. It shares no code with `settings/`.
 */

import { posix } from "node:path";

/** What a text means; undefined where the table does not allow it. */
export type Meaning<T> = { readonly value: T } | undefined;

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();

function consistsOf(text: string, characters: string): boolean {
  return text !== "" && Array.from(text).every((character) => characters.includes(character));
}

/** A whole number without sign or leading zero. */
function wholeOf(text: string): bigint | undefined {
  if (!consistsOf(text, digits) || (text.length > 1 && text.startsWith("0"))) return undefined;
  return BigInt(text);
}

interface Decimal {
  /** The number is `scaled / scale`. */
  readonly scaled: bigint;
  readonly scale: bigint;
  readonly decimals: number;
}

function decimalOf(text: string): Decimal | undefined {
  const [whole = "", fraction, ...rest] = text.split(".");
  const base = wholeOf(whole);
  if (base === undefined || rest.length > 0) return undefined;
  if (fraction === undefined) return { scaled: base, scale: 1n, decimals: 0 };
  if (!consistsOf(fraction, digits)) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  return { scaled: base * scale + BigInt(fraction), scale, decimals: fraction.length };
}

/** Takes one of these endings off, in whatever case; the longest first. */
function splitUnit(text: string, units: readonly string[]): readonly [number: string, unit: string] {
  const unit = units.find((one) => text.toLowerCase().endsWith(one)) ?? "";
  return [text.slice(0, text.length - unit.length), unit];
}

/** In MiB: 512 MiB to 16 TiB; decimals with the units of GiB alone, where they give whole MiB. */
export function memory(text: string): Meaning<number> {
  const [number, unit] = splitUnit(text, ["mib", "gib", "mb", "gb", "m", "g"]);
  const amount = decimalOf(number);
  if (amount === undefined) return undefined;
  if (!unit.startsWith("g")) return amount.decimals === 0 ? within(amount.scaled, 512n, 16n << 20n) : undefined;
  const scaled = amount.scaled * 1024n;
  return scaled % amount.scale === 0n ? within(scaled / amount.scale, 512n, 16n << 20n) : undefined;
}

/** 1 to 1024 with at most 2 decimals. */
export function cpus(text: string): Meaning<number> {
  const amount = decimalOf(text);
  if (amount === undefined || amount.decimals > 2) return undefined;
  const isWithin = amount.scaled >= amount.scale && amount.scaled <= 1024n * amount.scale;
  return isWithin ? { value: Number(amount.scaled) / Number(amount.scale) } : undefined;
}

/** In GiB: 5 GiB to 64 TiB. */
export function disk(text: string): Meaning<number> {
  const whole = wholeOf(splitUnit(text, ["gib", "gb", "g"])[0]);
  return whole === undefined ? undefined : within(whole, 5n, 64n << 10n);
}

function within(number: bigint, least: bigint, most: bigint): Meaning<number> {
  return number >= least && number <= most ? { value: Number(number) } : undefined;
}

/** One of a few words. */
export function word<T extends string>(...words: readonly T[]): (text: string) => Meaning<T> {
  return (text) => words.filter((one) => one === text).map((value) => ({ value }))[0];
}

/** A host name of 1 to 40 characters. */
export function id(text: string): Meaning<string> {
  const isName = consistsOf(text, lower + digits + "-") && !text.startsWith("-") && !text.endsWith("-");
  return isName && text.length <= 40 ? { value: text } : undefined;
}

/** `[registry[:port]/]name[:tag][@sha256:digest]`. */
export function image(text: string): Meaning<string> {
  const [named = "", digest, ...rest] = text.split("@");
  if (rest.length > 0 || (digest !== undefined && !isDigest(digest))) return undefined;
  const colon = named.indexOf(":", named.lastIndexOf("/"));
  const name = colon < 0 ? named : named.slice(0, colon);
  if (colon >= 0 && !isTag(named.slice(colon + 1))) return undefined;
  const parts = name.split("/");
  const isFirstHost = parts.length > 1 && isRegistry(parts[0] ?? "");
  const path = isFirstHost ? parts.slice(1) : parts;
  return path.every(isNamePart) && name.length <= 255 ? { value: text } : undefined;
}

/**
 * `[owner/]name` of letters, digits, `_`, `.` and `-`, each beginning with a letter or a digit; or a path or an address
 * that ends with `.qcow2` or `.img`.
 */
export function box(text: string, place: { directory: string; home: string }): Meaning<string> {
  if (isDownload(text)) return isImage(text) && !text.includes("#") ? { value: text } : undefined;
  if (isImage(text)) return path(text, place);
  const parts = text.split("/");
  const isPart = (part: string) =>
    consistsOf(part, `${lower}${upper}${digits}_.-`) && consistsOf(part.charAt(0), `${lower}${upper}${digits}`);
  return parts.length <= 2 && parts.every(isPart) && text.length <= 255 ? { value: text } : undefined;
}

/** Whether it is a cloud image. The addresses that are generated have no query. */
export function isImage(text: string): boolean {
  return [".qcow2", ".img"].some((end) => text.toLowerCase().endsWith(end));
}

/** Whether it must be downloaded. */
export function isDownload(text: string): boolean {
  return text.startsWith("https://") || text.startsWith("http://");
}

/** `sha256:` and 64 hexadecimal digits, or `sha512:` and 128. */
export function checksum(text: string): Meaning<string> {
  const [algorithm = "", hex = "", ...rest] = text.toLowerCase().split(":");
  const length = { sha256: 64, sha512: 128 }[algorithm];
  return rest.length === 0 && hex.length === length && consistsOf(hex, `${digits}abcdef`)
    ? { value: `${algorithm}:${hex}` }
    : undefined;
}

/** A list of docker, git, nodejs and python. */
export function packages(text: string): Meaning<string[]> {
  const known = ["docker", "git", "nodejs", "python"];
  const entries = text.trim() === "" ? [] : text.split(",").map((entry) => entry.trim());
  return entries.every((entry) => known.includes(entry))
    ? { value: known.filter((entry) => entries.includes(entry)) }
    : undefined;
}

/** A user's name of 1 to 32 characters, beginning with a letter or `_`. */
export function user(text: string): Meaning<string> {
  const isName = consistsOf(text, `${lower}${digits}_-`) && consistsOf(text.charAt(0), `${lower}_`);
  return isName && text.length <= 32 ? { value: text } : undefined;
}

/** A path, made absolute; without quotes, `%` and line ends, which OpenSSH would read otherwise. */
export function keyFile(text: string, { directory, home }: { directory: string; home: string }): Meaning<string> {
  if (text === "" || ['"', "%", "\0", "\r", "\n"].some((character) => text.includes(character))) return undefined;
  return { value: text.startsWith("~/") ? posix.join(home, text.slice(2)) : posix.resolve(directory, text) };
}

function isDigest(text: string): boolean {
  const hex = text.startsWith("sha256:") ? text.slice("sha256:".length) : "";
  return hex.length === 64 && consistsOf(hex, `${digits}abcdef`);
}

function isTag(text: string): boolean {
  const isWord = consistsOf(text, `${lower}${upper}${digits}_.-`) && text.length <= 128;
  return isWord && !text.startsWith(".") && !text.startsWith("-");
}

function isRegistry(text: string): boolean {
  const [host = "", port, ...rest] = text.split(":");
  const isLabel = (label: string) =>
    consistsOf(label, `${lower}${upper}${digits}-`) && !label.startsWith("-") && !label.endsWith("-");
  return rest.length === 0 && host.split(".").every(isLabel) && (port === undefined || consistsOf(port, digits));
}

/** Words of small letters and digits, with one `.`, one or two `_`, or any number of `-` between two. */
function isNamePart(text: string): boolean {
  let separator = "";
  let hasWord = false;
  for (const character of text) {
    if (!(lower + digits).includes(character)) {
      separator += character;
      if (!hasWord || (!".__".includes(separator) && !consistsOf(separator, "-"))) return false;
      continue;
    }
    if (separator === "._") return false;
    separator = "";
    hasWord = true;
  }
  return hasWord && separator === "";
}

export interface Port {
  readonly address: string;
  readonly host: number | "auto";
  readonly inside: number;
  readonly protocol: string;
}

/** A list of `[address:]host:inside[/tcp|/udp]`, each port of the host once, `auto` once for each port inside. */
export function ports(text: string): Meaning<Port[]> {
  const all = listOf(text).map(port);
  const known = all.flatMap((one) => (one === undefined ? [] : [one.value]));
  const claims = known.map((one) => `${one.host === "auto" ? `auto ${one.inside}` : one.host} ${one.protocol}`);
  return known.length === all.length && new Set(claims).size === claims.length ? { value: known } : undefined;
}

function port(text: string): Meaning<Port> {
  const close = text.startsWith("[") ? text.indexOf("]") + 1 : 0;
  const [first = "", ...rest] = text.slice(close).split(":");
  const address = close > 0 ? text.slice(0, close) : rest.length === 2 ? first : undefined;
  if (address !== undefined && (rest.length !== 2 || (close > 0 && first !== ""))) return undefined;
  const [host = "", target] = address === undefined ? [first, ...rest] : rest;
  if (target === undefined || (address === undefined && rest.length !== 1)) return undefined;
  const slash = target.indexOf("/");
  const protocol = slash < 0 ? "tcp" : target.slice(slash + 1);
  const inside = portNumber(slash < 0 ? target : target.slice(0, slash));
  const realHost = host === "auto" ? "auto" : portNumber(host);
  const realAddress = address === undefined ? "127.0.0.1" : ipAddress(address);
  if (inside === undefined || realHost === undefined || realAddress === undefined) return undefined;
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  return { value: { address: realAddress, host: realHost, inside, protocol } };
}

function portNumber(text: string): number | undefined {
  const whole = wholeOf(text);
  return whole !== undefined && whole >= 1n && whole <= 65535n ? Number(whole) : undefined;
}

/** IPv6 addresses of the generators, and how they are written back; any other is none. */
export const knownIpv6: Readonly<Record<string, string>> = {
  "[::]": "::",
  "[::1]": "::1",
  "[0:0:0:0:0:0:0:1]": "::1",
  "[2001:DB8::0:1]": "2001:db8::1",
  "[fe80::1]": "fe80::1",
  "[::ffff:127.0.0.1]": "127.0.0.1",
};

function ipAddress(text: string): string | undefined {
  if (text.startsWith("[")) return knownIpv6[text];
  const parts = text.split(".").map(wholeOf);
  const isAddress = parts.length === 4 && parts.every((part) => part !== undefined && part <= 255n);
  return isAddress ? text : undefined;
}

/** An address of a private network that ends in 2 to 254, and is not of 10.192.0.0 to 10.223.255.255. */
export function address(text: string): Meaning<string> {
  const [first = -1, second = -1, , last = -1] = ipAddress(text)?.split(".").map(Number) ?? [];
  const isPrivate =
    first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168);
  const isLeased = first === 10 && second >= 192 && second <= 223;
  return isPrivate && !isLeased && last >= 2 && last <= 254 ? { value: text } : undefined;
}

/** 192.168.56.0 to 192.168.63.255. */
export function isVirtualBox(text: string): boolean {
  const [first, second, third = 0] = text.split(".").map(Number);
  return first === 192 && second === 168 && third >= 56 && third <= 63;
}

export interface Volume {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A list of `source:target[:ro|rw]`, each target once. */
export function volumes(text: string, place: { directory: string; home: string }): Meaning<Volume[]> {
  const all = listOf(text).map((entry) => volume(entry, place));
  const known = all.flatMap((one) => (one === undefined ? [] : [one.value]));
  const targets = known.map(({ target }) => target);
  return known.length === all.length && new Set(targets).size === targets.length ? { value: known } : undefined;
}

function volume(text: string, place: { directory: string; home: string }): Meaning<Volume> {
  const [source = "", target = "", mode = "rw", ...rest] = text.split(":");
  const realSource = volumeSource(source, place);
  const realTarget = target.startsWith("/") ? normalPath(target) : "/";
  if (realSource === undefined || realTarget === "/" || rest.length > 0 || (mode !== "ro" && mode !== "rw"))
    return undefined;
  return { value: { source: realSource, target: realTarget, readOnly: mode === "ro" } };
}

function volumeSource(text: string, { directory, home }: { directory: string; home: string }): string | undefined {
  if (text.startsWith("/")) return normalPath(text);
  if (text.startsWith("~/")) return normalPath(`${home}/${text.slice(2)}`);
  if (text === "." || text === ".." || text.startsWith("./") || text.startsWith("../"))
    return normalPath(`${directory}/${text}`);
  const isName = consistsOf(text, `${lower}${upper}${digits}_.-`) && !"_.-".includes(text.charAt(0));
  return isName ? text : undefined;
}

function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function listOf(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((entry) => entry.trim());
}

/** Any path, as an absolute one. */
export function path(text: string, { directory, home }: { directory: string; home: string }): Meaning<string> {
  if (text.trim() === "" || text.includes("\0")) return undefined;
  if (text.startsWith("~/")) return { value: normalPath(`${home}/${text.slice(2)}`) };
  return { value: normalPath(text.startsWith("/") ? text : `${directory}/${text}`) };
}

export interface PlaybookVars {
  readonly varsFile?: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A path, or a list of `name=value`: that is what has a `=` before the first `/` and the first comma. */
export function playbookVars(text: string, place: { directory: string; home: string }): Meaning<PlaybookVars> {
  if (text.trim() === "") return { value: { variables: {} } };
  const beginning = text.split("/")[0]?.split(",")[0] ?? "";
  if (!beginning.includes("=")) {
    const file = path(text, place);
    return file && { value: { varsFile: file.value, variables: {} } };
  }
  const pairs = listOf(text).map((entry) => {
    const [name = "", ...rest] = entry.split("=");
    return { name: name.trim(), isPair: rest.length > 0, value: rest.join("=").trim() };
  });
  const isVariable = (name: string) =>
    consistsOf(name, `${lower}${upper}${digits}_`) && !digits.includes(name.charAt(0));
  const names = pairs.map(({ name }) => name);
  if (!pairs.every(({ name, isPair }) => isPair && isVariable(name)) || new Set(names).size < names.length)
    return undefined;
  return { value: { variables: Object.fromEntries(pairs.map(({ name, value }) => [name, value])) } };
}

/** The arguments that a POSIX shell would make, where it would do nothing else with the text. Brackets are letters: http://[::1]:80 . */
export function command(text: string): Meaning<string[]> {
  if (text.length > 32 * 1024) return undefined;
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const first = takeWord(rest);
    if (first === undefined) return undefined;
    words.push(first.word);
    rest = first.rest.trimStart();
  }
  return { value: words };
}

/** The first word of a text that begins with one; undefined where a shell would act on it. */
function takeWord(text: string): { readonly word: string; readonly rest: string } | undefined {
  let word = "";
  let index = 0;
  while (index < text.length && text.charAt(index).trim() !== "") {
    const character = text.charAt(index);
    if ("|&;()<>*?#$`".includes(character)) return undefined;
    const part = character === "'" || character === '"' ? takeQuoted(text, index) : takePlain(text, index);
    if (part === undefined) return undefined;
    word += part.text;
    index = part.end;
  }
  return { word, rest: text.slice(index) };
}

interface Part {
  readonly text: string;
  readonly end: number;
}

/** One character outside quotes. Patterns of files want quotes, as the table says: a backslash is none. */
function takePlain(text: string, at: number): Part | undefined {
  const character = text.charAt(at);
  if (character !== "\\") return { text: character, end: at + 1 };
  const next = text.charAt(at + 1);
  if (next === "" || "*?".includes(next)) return undefined;
  return { text: next === "\n" ? "" : next, end: at + 2 };
}

/** From a quote to the one that closes it. */
function takeQuoted(text: string, at: number): Part | undefined {
  const quote = text.charAt(at);
  let inside = "";
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === quote) return { text: inside, end: index + 1 };
    if (quote === '"' && (character === "$" || character === "`")) return undefined;
    const next = text.charAt(index + 1);
    const isEscape = quote === '"' && character === "\\" && next !== "" && '$`"\\\n'.includes(next);
    if (!isEscape) inside += character;
    else if (next !== "\n") inside += next;
    if (isEscape) index += 1;
  }
  return undefined;
}

/** The name after `ENV_`, and the value: at most 120,000 bytes. */
export function variable(name: string, value: string): Meaning<string> {
  const isName = consistsOf(name, `${lower}${upper}${digits}_`) && !digits.includes(name.charAt(0));
  return isName && name.length <= 255 && Buffer.byteLength(value) <= 120_000 ? { value } : undefined;
}
