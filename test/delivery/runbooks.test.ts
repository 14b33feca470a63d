/**
 * The runbooks, followed word for word by somebody at night: the commands of their `sh` blocks, each page after the fault that
 * it is for. Proves nothing about the prose around them, nor about what needs an account.
 */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findVictim, killAll } from "../engine/support-kill";
import { until } from "../engine/support-outcome";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { readText } from "../unit/docs/markdown";
import { DeliveryCheckout, instance } from "./support-checkout";
import { startDelivery } from "./support-running";

jest.setTimeout(900_000);

/** The commands of a page, each with the status that it says. */
function commandsOf(page: string): { readonly command: string; readonly status: number }[] {
  const blocks = [...readText(`docs/runbooks/${page}`).matchAll(/^ *```sh\n([^]*?)^ *```$/gm)];
  const lines = blocks.flatMap(([, block = ""]) => block.split("\n")).map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const [, command = line, status = "0"] = /^(.*?)\s+# ends with (\d+)$/.exec(line) ?? [];
      return { command, status: Number(status) };
    });
}

/** One script for the whole page, as one shell has it. It ends at the first command that does not end as the page says. */
function scriptOf(page: string): string {
  const steps = commandsOf(page).map(({ command, status }) => {
    const told = `'not as the page says: '"$s"' after '${quoted(command)}`;
    return `echo '$ '${quoted(command)}\n${command}\ns=$?; [ $s = ${status} ] || { echo ${told} >&2; exit 1; }`;
  });
  return steps.join("\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

describeWithEngine("a runbook, word for word", () => {
  let sandbox: Sandbox, checkout: DeliveryCheckout;

  beforeEach(async () => {
    sandbox = new Sandbox();
    checkout = await DeliveryCheckout.make(sandbox, `runbook-${process.pid}`);
  });
  afterEach(() => sandbox.dispose());

  /** Follows a page. @returns what was said; fails the test unless every command ends as the page says */
  async function follow(page: string): Promise<string> {
    const script = join(sandbox.root, "page.sh");
    writeFileSync(script, scriptOf(page));
    const ended = await sandbox.run("bash", [script], checkout.directory, { STACK: checkout.stack });
    if (ended.exitCode !== 0) throw new Error(`${page}:\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  const apply = async (): Promise<Ended> => {
    const plan = await checkout.delivery("preview", "--out", "plan");
    return plan.exitCode === 0 ? checkout.delivery("apply", "--plan", "plan") : plan;
  };

  /** Commits these instances and applies them by delivery. */
  async function deliver(instances: Record<string, unknown>): Promise<void> {
    checkout.configure(instances);
    await checkout.commit();
    const { exitCode, stdout, stderr } = await apply();
    if (exitCode !== 0) throw new Error(`${stdout}${stderr}`);
  }

  const both = { web: instance("1"), worker: instance("1") };
  const running = { web: "1", worker: "1" };

  test("after drift: what was promised is real again", async () => {
    await deliver(both);
    const web = await sandbox.podman("ps", "--quiet", "--filter", `label=groundwork.stack=${checkout.stack}`);
    await sandbox.podman("rm", "--force", "--time", "0", web.split("\n")[0]!);
    await follow("drift-found.md");
    expect(await checkout.containers()).toEqual(running);
  });

  /** An apply that is killed while its first container is made: something is begun, and its lock is left. */
  async function killApply(): Promise<void> {
    checkout.configure(both);
    await checkout.commit();
    await checkout.delivery("preview", "--out", "plan");
    const { pid, ended } = startDelivery(checkout, {}, "apply", "--plan", "plan");
    await until("a container is being made", () => findVictim(pid, "actuator") !== undefined);
    killAll(pid);
    await ended;
  }

  test("after an apply that was killed: the whole change is real", async () => {
    await killApply();
    await follow("apply-failed.md");
    expect(await checkout.containers()).toEqual(running);
  });

  test("with a stranded lock: nobody holds it any more, and the change can be finished", async () => {
    await killApply();
    expect(await follow("stranded-lock.md")).toContain("gone");
    expect((await apply()).exitCode).toBe(0);
    expect(await checkout.containers()).toEqual(running);
  });

  test("of a rollback: what is real is as the first commit says", async () => {
    await deliver({ web: instance("1") });
    await deliver({ web: instance("2"), worker: instance("2") });
    await follow("rollback.md");
    expect(await checkout.containers()).toEqual({ web: "1" });
  });

  test("with a lost state: it is known again, and nothing was made twice", async () => {
    await deliver({ web: instance("1") });
    await deliver(both);
    const before = await sandbox.podman("ps", "--quiet", "--filter", `label=groundwork.stack=${checkout.stack}`);
    checkout.loseState();
    await follow("state-lost.md");
    expect(await checkout.containers()).toEqual(running);
    const after = await sandbox.podman("ps", "--quiet", "--filter", `label=groundwork.stack=${checkout.stack}`);
    expect(after.split("\n").sort()).toEqual(before.split("\n").sort());
  });

  test("with a lost bucket: a stack of containers is taken over as it runs", async () => {
    await deliver(both);
    const before = await sandbox.podman("ps", "--quiet", "--filter", `label=groundwork.stack=${checkout.stack}`);
    rmSync(sandbox.home.stacksDirectory, { recursive: true });
    await follow("bucket-lost.md");
    const after = await sandbox.podman("ps", "--quiet", "--filter", `label=groundwork.stack=${checkout.stack}`);
    expect(after.split("\n").sort()).toEqual(before.split("\n").sort());
  });

  test("with a leaked passphrase: the stack has another, and the old one opens nothing", async () => {
    await deliver({ web: instance("1") });
    const old = await sandbox.run("cat", [sandbox.home.passphraseFile], checkout.directory);
    await follow("key-leaked.md");
    await checkout.commit();
    expect((await checkout.delivery("drift")).exitCode).toBe(0);
    writeFileSync(sandbox.home.passphraseFile, old.stdout);
    expect((await checkout.delivery("preview")).exitCode).not.toBe(0);
  });
});

test("every runbook is followed, or says that nothing of it runs in a test", () => {
  const pages = [...readText("docs/runbooks/README.md").matchAll(/\((\S+\.md)\)/g)].map(([, page = ""]) => page);
  const own = pages.filter((page) => !page.includes("/"));
  const followed = own.filter((page) => commandsOf(page).length > 0);
  expect(own.filter((page) => !followed.includes(page))).toEqual(["cluster-lost.md"]);
  const tests = readText("test/delivery/runbooks.test.ts");
  expect(followed.filter((page) => !tests.includes(`follow("${page}")`))).toEqual([]);
});
