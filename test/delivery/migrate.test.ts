/** A stack's state on its way from this host into a bucket: real engine, real S3 server, a real container. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectExit, saidBy } from "../engine/support-outcome";
import { describeWithEngineAndS3 } from "../support/s3-server";
import { useBucketStack } from "./support-bucket-stack";

jest.setTimeout(600_000);

describeWithEngineAndS3("a state that moves into a bucket", () => {
  // The bucket knows the stack already, and holds nothing of it.
  const stack = useBucketStack();

  /** Lets everything work on this host's own backend; the bucket's URL. */
  function onThisHost(): string {
    const { environment } = stack().sandbox;
    const url = environment["PULUMI_BACKEND_URL"]!;
    delete environment["PULUMI_BACKEND_URL"];
    return url;
  }

  function inTheBucket(): void {
    stack().sandbox.environment["PULUMI_BACKEND_URL"] = stack().server.backendUrl;
  }

  async function upOnThisHost(): Promise<string> {
    const url = onThisHost();
    expectExit(await stack().pulumi("stack", "init", "--secrets-provider", "passphrase"), 0);
    expectExit(await stack().up(), 0);
    return url;
  }

  const stateOnThisHost = () =>
    join(stack().sandbox.home.stacksDirectory, ".pulumi", "stacks", "groundwork", `${stack().name}.json`);

  test("is complete there, gone here, and kept as a copy; nothing of the stack is made or changed", async () => {
    const url = await upOnThisHost();
    const said = await stack().delivery("migrate", ["--to", url]);
    expect([said.exitCode, existsSync(stateOnThisHost())]).toEqual([0, true]);

    expectExit(await stack().delivery("migrate", ["--to", url, "--yes"]), 0);
    expect(existsSync(stateOnThisHost())).toBe(false);
    const copy = join(stack().sandbox.home.stacksDirectory, "groundwork", "migrated", `${stack().name}.json`);
    expect(readFileSync(copy, "utf8")).toContain("web-actuator");
    inTheBucket();
    expect((await stack().up()).stdout).toContain("5 unchanged");
  });

  test("of a move that was interrupted the rest is done", async () => {
    const url = await upOnThisHost();
    const state = readFileSync(stateOnThisHost(), "utf8");
    const exported = await stack().pulumi("stack", "export");
    inTheBucket();
    expectExit(await stack().pulumiWithFile(exported.stdout, "stack", "import"), 0);
    onThisHost();
    expect(readFileSync(stateOnThisHost(), "utf8")).toBe(state);
    expectExit(await stack().delivery("migrate", ["--to", url, "--yes"]), 0);
    expect(existsSync(stateOnThisHost())).toBe(false);
  });

  test("does not take the place of another state under its name, and stays where it is", async () => {
    expectExit(await stack().up(), 0);
    const url = await upOnThisHost();
    const refused = await stack().delivery("migrate", ["--to", url, "--yes"]);
    expectExit(refused, 3);
    expect(refused.stderr).toContain("holds another state of a stack");
    expect(existsSync(stateOnThisHost())).toBe(true);
  });

  test("with another passphrase than that of its secrets stays where it is", async () => {
    stack().configure({ web: { memory: 512, cpus: 1, environment: { TOKEN: "hunter2" } } });
    const url = await upOnThisHost();
    const other = { PULUMI_CONFIG_PASSPHRASE: "another" };
    const refused = await stack().delivery("migrate", ["--to", url, "--yes"], other);
    expectExit(refused, 2);
    expect(refused.stderr).toContain("PULUMI_CONFIG_PASSPHRASE");
    expect(saidBy(refused)).not.toContain("hunter2");
    expect(existsSync(stateOnThisHost())).toBe(true);
  });

  test("that nobody has made is said to be missing", async () => {
    const url = onThisHost();
    const refused = await stack().delivery("migrate", ["--to", url, "--yes"]);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("no stack named")]);
  });
});
