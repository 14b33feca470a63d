/** Podman keeps the contract of drivers. */

import { describeWithEngine, hostSetup, Sandbox } from "../../support/sandbox";
import { containerBackend } from "./containers";
import { keepsTheContract } from "./driver-contract";

jest.setTimeout(120_000);

describeWithEngine("on Podman", () => {
  keepsTheContract(() => {
    const sandbox = new Sandbox();
    return containerBackend({
      name: "podman",
      options: { paths: { podman: hostSetup!.podman!.path }, environment: sandbox.environment },
      run: (...parameters) => sandbox.podman(...parameters),
      stop: () => sandbox.dispose(),
    });
  });
});
