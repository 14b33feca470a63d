/** Rows of what a playbook costs that was applied already. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendAccess } from "../../host/backend-access";
import { playbookDigest } from "../../playbooks/content";
import type { Fixtures } from "./fixtures";
import { byP95, byRatio, p95AtMost, type Row } from "./row";
import { interleave } from "./sampling";

/** Rounds of what takes microseconds, for each round of what takes milliseconds. */
const roundsInProcess = 20;

/** A playbook with a role of twenty files, one task of which writes one of them; its path. */
function writePlaybook(directory: string): string {
  const role = join(directory, "roles", "page");
  for (const folder of ["tasks", "files"]) mkdirSync(join(role, folder), { recursive: true });
  for (let file = 0; file < 20; file++)
    writeFileSync(join(role, "files", String(file)), "a line of a file\n".repeat(64));
  writeFileSync(join(role, "tasks", "main.yml"), "- copy: {src: '0', dest: /srv/page}\n");
  const playbook = join(directory, "site.yml");
  writeFileSync(playbook, "- hosts: all\n  gather_facts: false\n  roles: [page]\n");
  return playbook;
}

const unchangedPlaybook: Row = {
  name: "playbook",
  what: "finding in process that a playbook with a role of twenty files has not changed",
  goal: p95AtMost(5),
  measure: async ({ world }, { rounds, warmUps }) => {
    const { digest, ansible } = backendAccess(world.home);
    const playbook = writePlaybook(world.newFolder("playbook"));
    const take = () => {
      const started = performance.now();
      playbookDigest({ playbook, variables: {} }, { digest, version: ansible?.version });
      return Promise.resolve(performance.now() - started);
    };
    const ours = await interleave(
      [{ command: "playbookDigest", take }],
      rounds * roundsInProcess,
      warmUps * roundsInProcess,
    );
    const program = ansible?.path ?? "ansible-playbook";
    const check = async () =>
      (await world.run(program, ["--syntax-check", "--inventory", "web,", playbook])).milliseconds;
    const peers = await interleave(
      [{ command: "ansible-playbook --syntax-check", take: check }],
      Math.min(rounds, 5),
      0,
    );
    return byP95([...ours, ...peers]);
  },
};

const unchangedUp: Row = {
  name: "playbook-up",
  what: "`up` where nothing has changed, of a project with a playbook, beside one without",
  goal: { figure: "ratio of medians", atMost: 1.1, unit: "×" },
  measure: async (fixtures, { rounds, warmUps }) => {
    const provisioned = await provisionedProject(fixtures);
    const { directory } = await fixtures.project();
    const up = (where: string) => async () => (await fixtures.world.vagrantp(where, ["up"])).milliseconds;
    const subjects = [
      { command: "vagrantp up (playbook)", take: up(provisioned) },
      { command: "vagrantp up", take: up(directory) },
    ];
    return byRatio(await interleave(subjects, rounds, warmUps));
  },
};

/** The directory of a project that was brought up with a playbook. */
async function provisionedProject({ world }: Fixtures): Promise<string> {
  const { directory } = world.newProject("PROVISIONING_PLAYBOOK=site.yml");
  writePlaybook(directory);
  await world.vagrantp(directory, ["up"]);
  return directory;
}

/** The rows of a playbook. */
export const playbookRows: readonly Row[] = [unchangedPlaybook, unchangedUp];
