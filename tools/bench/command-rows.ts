/** Rows of what answers without the engine. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";
import { readProject } from "../../settings/project";
import type { Fixtures } from "./fixtures";
import { byP95, p95AtMost, type Row } from "./row";
import { interleave, type Subject } from "./sampling";

/** Rounds of what takes microseconds, for each round of what takes milliseconds. */
const roundsInProcess = 20;

/** A verb that is run to its end. */
function vagrantp({ world }: Fixtures, directory: string, ...parameters: readonly string[]): Subject {
  const take = async () => (await world.vagrantp(directory, parameters)).milliseconds;
  return { command: ["vagrantp", ...parameters].join(" "), take };
}

function podman({ world }: Fixtures, command: string, ...names: readonly string[]): Subject {
  const take = async () => (await world.podman(...command.split(" "), ...names)).milliseconds;
  const shown = names.length > 1 ? `${String(names.length)} names` : names.map(() => "NAME").join("");
  return { command: ["podman", command, shown].filter((part) => part !== "").join(" "), take };
}

/** Starting Node and doing nothing: what no program on it can go below. */
function emptyNode({ world }: Fixtures): Subject {
  const take = async () => (await world.run(process.execPath, ["-e", "0"])).milliseconds;
  return { command: "node -e 0", take };
}

/** Vagrant itself, where this host has it. */
function vagrant({ world }: Fixtures, ...parameters: readonly string[]): Subject[] {
  try {
    execFileSync("vagrant", ["--version"], { stdio: "ignore" });
  } catch {
    return [];
  }
  const take = async () => (await world.run("vagrant", parameters)).milliseconds;
  return [{ command: ["vagrant", ...parameters].join(" "), take }];
}

const version: Row = {
  name: "version",
  what: "the version",
  goal: p95AtMost(60),
  measure: async (fixtures, { rounds, warmUps }) => {
    const ours = vagrantp(fixtures, fixtures.world.newFolder("version"), "--version");
    const peers = [emptyNode(fixtures), podman(fixtures, "--version"), ...vagrant(fixtures, "--version")];
    return byP95(await interleave([ours, ...peers], rounds, warmUps));
  },
};

const firstByte: Row = {
  name: "first-byte",
  what: "the first byte of `up`",
  goal: p95AtMost(60),
  measure: async (fixtures, { rounds, warmUps }) => {
    const { directory } = await fixtures.project();
    const take = async () => (await fixtures.world.vagrantp(directory, ["up"])).firstByteMilliseconds;
    return byP95(await interleave([{ command: "vagrantp up", take }, emptyNode(fixtures)], rounds, warmUps));
  },
};

const validate: Row = {
  name: "validate",
  what: "reading and checking the settings",
  goal: p95AtMost(80),
  measure: async (fixtures, { rounds, warmUps }) => {
    const { directory } = fixtures.world.newProject();
    const ours = vagrantp(fixtures, directory, "validate");
    return byP95(await interleave([ours, emptyNode(fixtures)], rounds, warmUps));
  },
};

const envFile: Row = {
  name: "env",
  what: "an `.env` of six lines, read and checked in process",
  goal: p95AtMost(1),
  measure: async ({ world }, { rounds, warmUps }) => {
    const { directory } = world.newProject();
    const hostDefaults = { image: world.setup.image.name, box: "" };
    const timed = (command: string, read: () => unknown): Subject => ({
      command,
      take: () => {
        const started = performance.now();
        read();
        return Promise.resolve(performance.now() - started);
      },
    });
    const ours = timed("readProject", () => readProject(directory, { hostDefaults }));
    const peer = timed("dotenv", () => parse(readFileSync(join(directory, ".env"), "utf8")));
    return byP95(await interleave([ours, peer], rounds * roundsInProcess, warmUps * roundsInProcess));
  },
};

const status: Row = {
  name: "status",
  what: "the state of one instance",
  goal: p95AtMost(120),
  measure: async (fixtures, { rounds, warmUps }) => {
    const { directory, id } = await fixtures.project();
    const peers = [podman(fixtures, "ps --all"), podman(fixtures, "container inspect", id)];
    return byP95(await interleave([vagrantp(fixtures, directory, "status"), ...peers], rounds, warmUps));
  },
};

const unchangedUp: Row = {
  name: "unchanged-up",
  what: "`up` where nothing has changed",
  goal: p95AtMost(200),
  measure: async (fixtures, { rounds, warmUps }) => {
    const { directory, id } = await fixtures.project();
    const peers = [podman(fixtures, "container inspect", id), podman(fixtures, "start", id)];
    return byP95(await interleave([vagrantp(fixtures, directory, "up"), ...peers], rounds, warmUps));
  },
};

/** Apart from the other rows, for it comes after the projects that it needs. */
export const statusOfAll: Row = {
  name: "status-all",
  what: "the state of every project on the host",
  goal: p95AtMost(400),
  measure: async (fixtures, { rounds, warmUps, projects }) => {
    const crowd = await fixtures.crowd(projects);
    const names = crowd.projects.map(({ id }) => id);
    const ours = vagrantp(fixtures, fixtures.world.newFolder("status"), "status", "--all");
    const peers = [podman(fixtures, "ps --all"), podman(fixtures, "container inspect", ...names)];
    const measurement = byP95(await interleave([ours, ...peers], rounds, warmUps));
    return { ...measurement, note: `${String(projects)} instances` };
  },
};

/** The rows of commands. */
export const commandRows: readonly Row[] = [version, firstByte, validate, envFile, status, unchangedUp];
