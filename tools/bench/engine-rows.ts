/** Rows of one project with the engine. */

import { byRatio, type Row } from "./row";
import { interleave, middle, type Subject } from "./sampling";
import type { Fixtures } from "./fixtures";

const up = ["up", "--yes", "--skip-preview"];

/** Pulumi with nothing to do. */
async function emptyUp(fixtures: Fixtures, refresh = false): Promise<Subject> {
  const workspace = await fixtures.empty(refresh);
  const kind = refresh ? "empty program, one plugin, refresh: always" : "empty program, one plugin";
  return { command: `pulumi up (${kind})`, take: () => fixtures.pulumi(workspace, ...up) };
}

/** The same container as a person would start it: on such a network, with such limits. */
export async function podmanRun(fixtures: Fixtures): Promise<Subject> {
  const { world } = fixtures;
  const same = ["--init", "--network", await fixtures.network(), "--memory", "512m", "--cpus", "1"];
  const run = (name: string) =>
    world.podman("run", "--detach", ...same, "--name", name, world.setup.image.name, "sleep", "infinity");
  return { command: "podman run", take: async () => (await run(world.newName())).milliseconds };
}

const unchangedPulumiUp: Row = {
  name: "pulumi-up",
  what: "plain `pulumi up` of a project where nothing has changed",
  goal: { figure: "ratio of medians", atMost: 1.2, unit: "×" },
  measure: async (fixtures, { slowRounds, warmUps }) => {
    const { workspace } = await fixtures.project();
    const ours = { command: "pulumi up", take: () => fixtures.pulumi(workspace, ...up) };
    const peers = [await emptyUp(fixtures), await emptyUp(fixtures, true)];
    return byRatio(await interleave([ours, ...peers], slowRounds, warmUps));
  },
};

const firstUp: Row = {
  name: "first-up",
  what: "the first `up` of a project, over what Pulumi and Podman take",
  goal: { figure: "difference of medians", atMost: 500, unit: "ms" },
  measure: async (fixtures, { slowRounds, warmUps }) => {
    const take = async () =>
      (await fixtures.world.vagrantp(fixtures.world.newProject().directory, ["up"])).milliseconds;
    const subjects = [{ command: "vagrantp up", take }, await emptyUp(fixtures), await podmanRun(fixtures)];
    const [ours, ...peers] = await interleave(subjects, slowRounds, warmUps);
    if (ours === undefined) throw new Error("nothing was measured");
    return { ours, peers, figure: peers.reduce((left, peer) => left - middle(peer), middle(ours)) };
  },
};

/** The rows of one project. */
export const engineRows: readonly Row[] = [unchangedPulumiUp, firstUp];
