/** The page of a platform's resources is what its program registers. Proves nothing about what the charts make of their values. */

import { parse } from "yaml";
import { platformRegistrations } from "../../../stacks/mocks/platform";
import { drawResourceTree } from "../../../tools/pictures/resource-tree";
import { seed } from "../components/platform-settings";
import { readText } from "../docs/markdown";

const { config } = parse(readText("Pulumi.prod.yaml")) as { config: Record<string, unknown> };

test("is drawn as the program registers; `node dist/pictures.js resources` draws it again", async () => {
  const all = await platformRegistrations("prod", { ...config, "groundwork:secrets": { seed } });
  expect(readText("docs/resource-tree.md")).toContain(drawResourceTree(all));
});

test("shows components at the root with what is below them, and the rest by itself", () => {
  const resource = (type: string, name: string, parentType = "", parent = "") => ({ type, name, parent, parentType });
  const drawn = drawResourceTree([
    resource("kubernetes:core/v1:Namespace", "beside"),
    resource("groundwork:ingress:Ingress", "way"),
    // Two of one name: only the type tells whose child is whose.
    resource("groundwork:cluster:PlatformNamespace", "way", "groundwork:ingress:Ingress", "way"),
    resource("kubernetes:core/v1:Namespace", "way", "groundwork:cluster:PlatformNamespace", "way"),
    resource("linode:index/firewall:Firewall", "wall", "groundwork:ingress:Ingress", "way"),
  ]);
  expect(drawn.split("\n")).toEqual([
    "5 resources.",
    "",
    "## way: 4 resources",
    "",
    "```text",
    "groundwork:ingress:Ingress way",
    "├─ groundwork:cluster:PlatformNamespace way",
    "│  └─ kubernetes:core/v1:Namespace way",
    "└─ linode:index:Firewall wall",
    "```",
    "",
    "## without a component: 1",
    "",
    "```text",
    "kubernetes:core/v1:Namespace beside",
    "```",
  ]);
});
