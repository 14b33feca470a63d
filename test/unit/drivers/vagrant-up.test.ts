/** How a run of Vagrant ends; scripts stand in for it. */

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeMachineFolder } from "../../../drivers/vagrant/machine-folder";
import { vagrantUp } from "../../../drivers/vagrant/vagrant";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { identity } from "./support";

const directory = useTemporaryFolder();

async function run(script: string, limit: number): Promise<void> {
  const path = join(directory(), "program");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  const folder = makeMachineFolder(directory(), { ...identity, uuid: "11111111-2222-4333-8444-555555555555" });
  writeFileSync(folder.vagrantfile, "");
  const onStage = () => undefined;
  await vagrantUp(folder, { path, provider: "libvirt", environment: process.env, onStage, limit });
}

test("a machine that never lets Vagrant in is no connection by SSH", async () => {
  const said = "1,,error-exit,Vagrant::Errors::VMBootTimeout,Timed out while waiting for the machine to boot.";
  await expect(run(`echo '${said}'; exit 1`, 60_000)).rejects.toMatchObject({
    code: "SSH_CONNECTION_FAILED",
    suggestion: expect.stringContaining("SSH_USER and SSH_KEY") as string,
  });
});

test("a Vagrant that takes too long is ended, and the time is told", async () => {
  await expect(run("exec sleep 60", 100)).rejects.toMatchObject({
    code: "SSH_CONNECTION_FAILED",
    message: "vagrant up was ended: the machine was not ready within 0.1 seconds.",
  });
});
