/** Rows of delivery, beside the engine's own commands on the same stack. */

import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { installationWorkspace, makeInstallationWorkspace, type Workspace } from "../../engine/workspace";
import { beginStack, type Fixtures } from "./fixtures";
import { byRatio, type Row, type Size } from "./row";
import { interleave } from "./sampling";

/** The instances of the stack that is delivered. */
const deliveredInstances = 20;

const made = new WeakMap<Fixtures, Promise<Workspace>>();

/** A stack that is up, whose settings stand in a copy of the checkout; made once for all rows. */
function deliveredStack(fixtures: Fixtures, { instances }: Size): Promise<Workspace> {
  const stack = made.get(fixtures) ?? makeStack(fixtures, Math.min(instances, deliveredInstances));
  made.set(fixtures, stack);
  return stack;
}

async function makeStack(fixtures: Fixtures, instances: number): Promise<Workspace> {
  const { world } = fixtures;
  const workspace = installationWorkspace(world.home, copyCheckout(fixtures), world.setup, world.newName());
  makeInstallationWorkspace(world.home);
  await beginStack(workspace, instances);
  world.removeLater(() => fixtures.pulumi(workspace, "destroy", "--yes", "--skip-preview"));
  await fixtures.pulumi(workspace, "up", "--yes", "--skip-preview");
  return workspace;
}

/** What is built and what it is stamped by; delivery looks for a stack's settings beside them. */
function copyCheckout({ world }: Fixtures) {
  const { directory, version } = world.installation;
  const copy = world.newFolder("checkout");
  const left = ["node_modules", ".git", "coverage"].map((name) => join(directory, name));
  cpSync(directory, copy, { recursive: true, preserveTimestamps: true, filter: (path) => !left.includes(path) });
  symlinkSync(join(directory, "node_modules"), join(copy, "node_modules"));
  return { directory: copy, version };
}

async function delivery(fixtures: Fixtures, { directory, stack }: Workspace, verb: string): Promise<number> {
  // The copy is no clone: what runs in GitHub Actions is told its commit.
  const variables = { GITHUB_SHA: "0".repeat(40) };
  const parameters = [verb, "--stack", stack];
  return (await fixtures.world.run(join(directory, "bin", "delivery"), parameters, { cwd: directory, variables }))
    .milliseconds;
}

function deliveryRow(verb: string, what: string, atMost: number, bare: readonly string[]): Row {
  return {
    name: `delivery-${verb}`,
    what,
    goal: { figure: "ratio of medians", atMost, unit: "×" },
    measure: async (fixtures, size) => {
      const workspace = await deliveredStack(fixtures, size);
      const subjects = [
        { command: `delivery ${verb}`, take: () => delivery(fixtures, workspace, verb) },
        { command: `pulumi ${bare.join(" ")}`, take: () => fixtures.pulumi(workspace, ...bare) },
      ];
      const instances = Math.min(size.instances, deliveredInstances);
      const series = await interleave(subjects, size.slowRounds, size.warmUps);
      return { ...byRatio(series), note: `${String(instances)} containers` };
    },
  };
}

/** The rows of delivery. */
export const deliveryRows: readonly Row[] = [
  deliveryRow("preview", "what a change of a stack would do, judged and told", 1.5, ["preview", "--json"]),
  deliveryRow("drift", "drift of a stack, told", 1.2, ["refresh", "--preview-only", "--expect-no-changes"]),
];
