/** The commands of `bin/platform`: what a platform needs to be done by hand. */

import { Command, InvalidArgumentError } from "commander";
import { checkCharts } from "../../engine/charts/check-charts";
import { findInstallation } from "../../engine/installation";
import { GroundworkError } from "../../settings/errors";
import { say } from "../setup/processes";
import { destroyCommand } from "./destroy-command";
import { grant, parseService, type Service } from "./grant";
import { readKeys, writeOnce } from "./keys-file";
import { chartTable, newerCharts } from "./newer-charts";
import { probeCluster } from "./probe-command";
import { withReplicas, type Whereabouts } from "./replicas";
import * as sealingKeys from "./sealing-keys";
import { smokeStack } from "./smoke-command";
import { assertNew, firstOf, leaderOf, restore, snapshot, unseal } from "./store";

interface WithKeys extends Whereabouts {
  readonly keys: string;
}

interface WithToken extends Whereabouts {
  readonly keys?: string;
}

/** `platform secrets`, `sealed-secrets`, `probe`, `smoke`, `destroy`, `charts` and `check`. */
export function platformProgram(): Command {
  const program = new Command("platform").description("what a platform needs to be done by hand");
  program.addCommand(storeCommands()).addCommand(sealingCommands());
  program
    .command("probe")
    .description(
      "ask whether the API server reaches the webhooks and APIs of the platform, and what to change where not",
    )
    .action(probeCluster);
  program
    .command("smoke")
    .description("ask for the pages that a stack's settings name, and look for the request in metrics, logs and traces")
    .requiredOption("-s, --stack <stack>", "the stack, such as prod")
    .action(smokeStack);
  program
    .command("destroy")
    .description("show what would go on being paid for without the stack; with --yes destroy it, and show what is left")
    .requiredOption("-s, --stack <stack>", "the stack, such as prod")
    .option("--yes", "destroy it")
    .action(destroyCommand);
  program
    .command("charts")
    .description("show which of the pinned charts have newer versions")
    .action(async () => void process.stdout.write(`${chartTable(await newerCharts())}\n`));
  program
    .command("check")
    .description("render every chart with the values that a stack gives it, as `pulumi up` would")
    .requiredOption("-s, --stack <stack>", "the stack, such as prod")
    .action(async ({ stack }: { readonly stack: string }) => {
      const { directory } = findInstallation();
      process.stdout.write(`${await checkCharts({ directory, stack })}\n`);
    });
  return program;
}

function storeCommands(): Command {
  const store = new Command("secrets").description("the store of secrets, OpenBao");
  reaching(store.command("init"))
    .description("begin the store: make its keys, write them to a file that only you read, unseal it")
    .requiredOption("--keys <file>", "the file to be written")
    .option("--shares <count>", "parts that the unseal key is split into", count, 5)
    .option("--threshold <count>", "parts that are needed to unseal", count, 3)
    .action(init);
  keyed(store.command("unseal")).description("unseal every replica that is sealed").action(unsealAll);
  allowed(store.command("grant"))
    .description(
      "let snapshots be taken by themselves, and services read kv/ENVIRONMENT/SERVICE, as role ENVIRONMENT-SERVICE",
    )
    .argument("[services...]", "each as ENVIRONMENT/SERVICE", service, [])
    .action(grantAll);
  allowed(store.command("snapshot"))
    .description("write all that the store holds, sealed, to a file")
    .argument("<file>", "the file to be written")
    .action(takeSnapshot);
  keyed(store.command("restore"))
    .description("put a snapshot in the place of all that the store holds, and unseal it with the keys of its time")
    .argument("<file>", "a file of `platform secrets snapshot`")
    .action(restoreSnapshot);
  return store;
}

function sealingCommands(): Command {
  const sealing = new Command("sealed-secrets").description("the keys by which sealed secrets are opened");
  sealing
    .command("backup")
    .description("write the keys to a file that only you read")
    .argument("<file>", "the file to be written")
    .action(async (file: string) => {
      const { items } = await writeOnce(file, sealingKeys.backup);
      say(`${String(items.length)} sealing keys are in ${file}; keep it where the keys of the store are`);
    });
  sealing
    .command("restore")
    .description("bring the keys of a file into the cluster")
    .argument("<file>", "a file of `platform sealed-secrets backup`")
    .action(sealingKeys.restore);
  return sealing;
}

function reaching(command: Command): Command {
  return command
    .option("--address <url...>", "where the replicas answer (default: by kubectl, in the cluster of KUBECONFIG)")
    .option("--ca <file>", "the certificate of the authority that vouches for them");
}

function keyed(command: Command): Command {
  return reaching(command).requiredOption("--keys <file>", "the file that `platform secrets init` wrote");
}

function allowed(command: Command): Command {
  return reaching(command).option("--keys <file>", "the file that holds the token (default: the token in BAO_TOKEN)");
}

function service(given: string, before: readonly Service[] = []): Service[] {
  const parsed = parseService(given);
  if (parsed !== undefined) return [...before, parsed];
  throw new InvalidArgumentError("ENVIRONMENT/SERVICE is allowed, such as staging/shop.");
}

function count(given: string): number {
  if (/^[1-9]\d?$/.test(given)) return Number(given);
  throw new InvalidArgumentError("a whole number from 1 to 99 is allowed.");
}

async function init(options: WithKeys & { readonly shares: number; readonly threshold: number }): Promise<void> {
  await withReplicas(options, async (replicas) => {
    await assertNew(replicas);
    const keys = await writeOnce(options.keys, () => firstOf(replicas).init(options.shares, options.threshold));
    await unseal(replicas, keys);
    await leaderOf(replicas);
  });
  say(`the store is open; its keys are in ${options.keys} and nowhere else: give its parts to different people`);
}

async function unsealAll(options: WithKeys): Promise<void> {
  const keys = readKeys(options.keys);
  await withReplicas(options, async (replicas) => {
    await unseal(replicas, keys);
    await leaderOf(replicas);
  });
}

/** Who may: the token of BAO_TOKEN, else the store's first one. Never an argument, which everybody on the host sees. */
function tokenOf({ keys }: WithToken): string {
  const token = process.env["BAO_TOKEN"] ?? (keys === undefined ? undefined : readKeys(keys).rootToken);
  if (token !== undefined) return token;
  throw new GroundworkError("CONFIG_MISSING", "There is no token: neither BAO_TOKEN nor --keys is set.", {
    suggestion: "Set BAO_TOKEN, or name the file that `bin/platform secrets init` wrote by --keys.",
  });
}

async function grantAll(services: Service[], options: WithToken): Promise<void> {
  const token = tokenOf(options);
  await withReplicas(options, async (replicas) => grant((await leaderOf(replicas)).withToken(token), services));
}

async function takeSnapshot(file: string, options: WithToken): Promise<void> {
  const token = tokenOf(options);
  await withReplicas(options, async (replicas) => snapshot((await leaderOf(replicas)).withToken(token), file));
  say(`the snapshot is in ${file}; it opens with the keys that the store has now`);
}

async function restoreSnapshot(file: string, options: WithKeys): Promise<void> {
  const keys = readKeys(options.keys);
  await withReplicas(options, (replicas) => restore(replicas, file, keys, process.env["BAO_TOKEN"]));
}
