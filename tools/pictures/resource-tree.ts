/** Draws the resources of a platform as a tree, from what its program registers. Pure. */

import type { PlatformResource } from "../../engine/platform-registrations";

/** What of a resource is drawn. */
export type DrawnResource = Pick<PlatformResource, "type" | "name" | "parent" | "parentType">;

/** Sections, one for each component at the root, and a last one for what has no component. */
export function drawResourceTree(resources: readonly DrawnResource[]): string {
  const roots = childrenOf(resources, { type: "", name: "" });
  const isComponent = (one: DrawnResource) => childrenOf(resources, one).length > 0;
  const sections = roots.filter(isComponent).map((root) => {
    const lines = linesBelow(resources, root);
    return section(`${root.name}: ${String(lines.length + 1)} resources`, [title(root), ...lines]);
  });
  const others = roots.filter((root) => !isComponent(root)).map(title);
  const rest = others.length === 0 ? [] : [section(`without a component: ${String(others.length)}`, others)];
  return [`${String(resources.length)} resources.`, ...sections, ...rest].join("\n\n");
}

function section(heading: string, lines: readonly string[]): string {
  return [`## ${heading}`, "", "```text", ...lines, "```"].join("\n");
}

/** In the order of their types and names: that of their registration is not the same each time. */
function childrenOf(
  resources: readonly DrawnResource[],
  { type, name }: Pick<DrawnResource, "type" | "name">,
): readonly DrawnResource[] {
  return resources
    .filter(({ parent, parentType }) => parent === name && parentType === type)
    .sort((one, other) => compare(shortType(one.type), shortType(other.type)) || compare(one.name, other.name));
}

function linesBelow(resources: readonly DrawnResource[], of: DrawnResource): readonly string[] {
  const children = childrenOf(resources, of);
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const [branch, stem] = isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
    return [`${branch}${title(child)}`, ...linesBelow(resources, child).map((line) => `${stem}${line}`)];
  });
}

function title({ type, name }: DrawnResource): string {
  return `${shortType(type)} ${name}`;
}

/** As `pulumi stack` shows it: linode:index/firewall:Firewall is linode:index:Firewall. */
function shortType(type: string): string {
  return type.replace(/^(.*)\/(\w+):(\w+)$/, (all, first: string, file: string, kind: string) =>
    file.toLowerCase() === kind.toLowerCase() ? `${first}:${kind}` : all,
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
