/** Docker keeps the contract of drivers. */

import { join } from "node:path";
import { DockerDaemon, describeWithDocker } from "../../support/docker-daemon";
import { Sandbox } from "../../support/sandbox";
import { containerBackend } from "./containers";
import { keepsTheContract } from "./driver-contract";

jest.setTimeout(240_000);

describeWithDocker("on Docker", () => {
  keepsTheContract(async () => {
    const sandbox = new Sandbox();
    const daemon = await DockerDaemon.start(join(sandbox.root, "docker"));
    return containerBackend({
      name: "docker",
      options: { environment: { ...sandbox.environment, ...daemon.environment } },
      run: (...parameters) => daemon.docker(...parameters),
      async stop() {
        await daemon.stop();
        await sandbox.dispose();
      },
    });
  });
});
