/** A machine that never lets us in; the real ssh knocks where nobody listens. */

import { writeFileSync, mkdirSync } from "node:fs";
import { machineFolder } from "../../drivers/vagrant/machine-folder";
import { waitForSsh } from "../../drivers/vagrant/ssh";
import { freePort } from "../support/free-port";
import { useTemporaryFolder } from "../support/temporary-folder";

const directory = useTemporaryFolder();

async function silentMachine() {
  const folder = machineFolder(directory(), "11111111-2222-4333-8444-555555555555");
  mkdirSync(folder.path);
  const port = await freePort();
  writeFileSync(folder.sshConfig, `Host web\n  HostName 127.0.0.1\n  Port ${String(port)}\n`);
  return folder;
}

test("is an error that says what ssh said last, and how to look at the machine's console", async () => {
  await expect(waitForSsh(await silentMachine(), "web", 1, undefined)).rejects.toMatchObject({
    code: "SSH_CONNECTION_FAILED",
    message: expect.stringMatching(/^web has not let us in by SSH within 1 seconds: .*Connection refused$/) as string,
    suggestion: expect.stringContaining("virsh -c qemu:///system console web") as string,
  });
});

test("is waited for no longer when the run is cancelled", async () => {
  const waiting = waitForSsh(await silentMachine(), "web", 600, AbortSignal.timeout(200));
  await expect(waiting).rejects.toMatchObject({ name: expect.stringMatching(/Abort|Timeout/) as string });
});
