/** Changes and drift as Markdown for who has to judge them. Pure. */

import { createTwoFilesPatch, OMIT_HEADERS } from "diff";
import { block, code, folded, html, table } from "./markdown";
import type { ChangedResource, PropertyChange, ResourceChange, ResourceDrift } from "./changes";
import { secretText, unknownText, type Shown } from "./shown";

/** How long a value may be to stand in a table, and how much of a difference is shown at all, in characters. */
const cellCharacters = 120;
const differenceCharacters = 4000;

/** One resource in full, and in one line for where there is no room. */
export interface Told {
  readonly full: () => string;
  readonly short: string;
}

/** A resource that is changed: what it is, and each of its properties. */
export function changeText(change: ResourceChange): Told {
  const { action, properties } = change;
  const title = resourceTitle(change);
  const names = properties.map(({ path }) => code(path)).join(", ");
  const short = `- ${title}${names === "" || action === "create" ? "" : `: ${names}`}`;
  if (properties.length === 0) return { full: () => short, short };
  if (action === "create") {
    const summary = `<code>${html(change.name)}</code> (<code>${html(change.type)}</code>)`;
    return { full: () => folded(summary, newProperties(change)), short };
  }
  return { full: () => [`#### ${title}`, ...changedProperties(properties)].join("\n\n"), short };
}

/** The properties of all resources that are not as promised, in one table, and what is too long for it below. */
export function driftText(drift: readonly ResourceDrift[]): string {
  const entries = drift.flatMap((resource) => driftedProperties(resource).map((property) => ({ resource, property })));
  const rows = entries.map(({ resource, property }) => {
    const [before, after] = isShort(property) ? cells(property) : ["see below", "see below"];
    return [resourceTitle(resource), code(property.path), before, after];
  });
  const long = entries.filter(({ property }) => !isShort(property));
  return [
    table(["Resource", "Property", "Promised", "Real"], rows),
    ...long.map(({ resource, property }) => difference(property, `${resource.name}: `)),
  ].join("\n\n");
}

function driftedProperties({ isGone, properties }: ResourceDrift): readonly PropertyChange[] {
  const gone = { path: "exists", before: true, after: false };
  if (isGone) return [gone];
  return properties.length > 0 ? properties : [{ path: "(not told)" }];
}

function resourceTitle({ name, type }: ChangedResource): string {
  return `${code(name)} (${code(type)})`;
}

function newProperties({ properties }: ResourceChange): string {
  const rows = properties.map(({ path, after }) => [code(path), cell(cut(after))]);
  return table(["Property", "Value"], rows);
}

function changedProperties(properties: readonly PropertyChange[]): string[] {
  const short = properties.filter(isShort);
  const rows = short.map((property) => [titleOf(property), ...cells(property)]);
  const long = properties.filter((property) => !isShort(property));
  return [
    ...(rows.length === 0 ? [] : [table(["Property", "Before", "After"], rows)]),
    ...long.map((one) => difference(one)),
  ];
}

function titleOf({ path, replaces = false }: PropertyChange): string {
  return replaces ? `${code(path)} **forces replacement**` : code(path);
}

function isShort({ before, after }: PropertyChange): boolean {
  return [before, after].every((value) => cell(value).length <= cellCharacters);
}

function cells({ before, after }: PropertyChange): [string, string] {
  if (before === secretText && after === secretText) return ["secret", "another secret"];
  return [cell(before), cell(after)];
}

function cell(value: Shown): string {
  if (value === undefined) return "";
  if (value === secretText) return "secret";
  if (value === unknownText) return unknownText;
  return code(JSON.stringify(value));
}

/** What does not fit in a new resource's table is cut: there is nothing that it could be compared with. */
function cut(value: Shown): Shown {
  const text = value === undefined ? "" : JSON.stringify(value);
  return text.length <= cellCharacters ? value : `${text.slice(0, cellCharacters)}… (${text.length} characters)`;
}

/** The lines of a long value that differ, folded. */
function difference({ path, before, after, replaces = false }: PropertyChange, prefix = ""): string {
  const options = { context: 3, headerOptions: OMIT_HEADERS };
  const patch = createTwoFilesPatch("before", "after", lines(before), lines(after), undefined, undefined, options);
  const changed = patch.replaceAll("\n\\ No newline at end of file", "").trimEnd();
  const rest = changed.length - differenceCharacters;
  const told = rest <= 0 ? changed : `${changed.slice(0, differenceCharacters)}\n… ${rest} more characters`;
  const why = replaces ? " <b>forces replacement</b>" : "";
  return folded(`${html(prefix)}<code>${html(path)}</code>${why}`, block(told, "diff"));
}

function lines(value: Shown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}
