/** Takes values out of an `.env`'s text by key, and collects what is wrong with them instead of stopping. */

import type { EnvText } from "./env-text";
import type { Violation } from "./errors";
import { findKey, ignoreKey, type SettingName } from "./keys";
import { acceptedUnless, problem, shorten, splitList, type Parsed, type Problem } from "./values";

/** One pass over one text. */
export class SettingsReader {
  private readonly found: Violation[] = [];
  private readonly lines: ReadonlyMap<string, number>;
  private ignored: ReadonlySet<string> = new Set();

  constructor(private readonly text: EnvText) {
    this.lines = new Map(text.entries.map((entry) => [entry.key, entry.line]));
    this.ignored = new Set(this.take(ignoreKey, parseKeys, []));
    this.refuseDuplicates();
    this.refuseUnassigned();
  }

  /** All that was refused, in the order of the lines; what has no line comes first. */
  get violations(): Violation[] {
    return [...this.found].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
  }

  /** The keys of the text, each once, without those that IGNORE_KEYS gives to the application. */
  get keys(): string[] {
    return [...this.lines.keys()].filter((key) => !this.ignored.has(key));
  }

  /** The text of a key; undefined where it is not set, or the application's by IGNORE_KEYS. */
  get(key: string): string | undefined {
    return this.ignored.has(key) ? undefined : this.text.values.get(key);
  }

  /** The value of a key, or the other where it is not set or refused. */
  take<T>(key: SettingName, parse: (text: string) => Parsed<T>, otherwise: T): T {
    const text = this.get(key);
    if (text === undefined) return otherwise;
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    for (const one of parsed.problems) this.refuse(key, one);
    return otherwise;
  }

  /** Collect one violation at the line that set the key last, where one did. */
  refuse(key: string, content: Problem): void {
    const line = this.lines.get(key);
    this.found.push({ key: shorten(key), ...(line === undefined ? {} : { line }), ...content });
  }

  private refuseUnassigned(): void {
    for (const { key, line } of this.text.unassigned) {
      if (findKey(key) === undefined || this.ignored.has(key)) continue;
      const name = shorten(key);
      this.found.push({ key: name, line, message: `has no "=", so the line sets nothing; allowed: ${name}=value.` });
    }
  }

  private refuseDuplicates(): void {
    const first = new Map<string, number>();
    for (const { key, line } of this.text.entries) {
      if (findKey(key) === undefined || this.ignored.has(key)) continue;
      const earlier = first.get(key);
      const message = `is already set on line ${String(earlier)}; allowed: each key once.`;
      if (earlier === undefined) first.set(key, line);
      else this.found.push({ key: shorten(key), line, message });
    }
  }
}

const keysAllowed = "a comma-separated list of keys of this file (PORTS,VOLUME), without IGNORE_KEYS";

function parseKeys(text: string): Parsed<string[]> {
  const keys = splitList(text);
  const wrong = keys.filter((key) => !/^[\w.-]+$/.test(key) || key === ignoreKey);
  return acceptedUnless(
    wrong.map((key) => problem(key, "is not a key that can be ignored", keysAllowed)),
    keys,
  );
}
