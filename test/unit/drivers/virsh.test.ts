import { Virsh } from "../../../drivers/vagrant/virsh";
import type { GroundworkError } from "../../../settings/errors";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakeVirsh } from "./fake-virsh";

const folder = useTemporaryFolder();

/** As virsh 9.0 says it where nothing listens. */
const noSocket = `error: failed to connect to the hypervisor
error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory
`;
const denied = `error: failed to connect to the hypervisor
error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied
`;

async function errorOf(virsh: Virsh): Promise<GroundworkError> {
  return virsh.batch([["list", "--all"]]).then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as GroundworkError,
  );
}

test("a libvirtd that is down is no provider (exit 5), with the command that starts it", async () => {
  const error = await errorOf(fakeVirsh(folder(), { stderr: noSocket, status: 1 }));
  expect(error).toMatchObject({
    ...{ code: "PROVIDER_NOT_AVAILABLE", exitStatus: 5 },
    message:
      "libvirt does not answer: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory.",
    suggestion: "Start it: `sudo systemctl start libvirtd`, or `sudo libvirtd -d` where there is no systemd.",
  });
});

test("a libvirtd that lets this user not in is no provider, with the command that changes it", async () => {
  const { code, suggestion } = await errorOf(fakeVirsh(folder(), { stderr: denied, status: 1 }));
  expect([code, suggestion]).toEqual(["PROVIDER_NOT_AVAILABLE", expect.stringContaining("usermod -aG libvirt")]);
});

test("a virsh that is not there is no provider, with the command that installs it", async () => {
  const { code, suggestion } = await errorOf(new Virsh({ path: `${folder()}/virsh`, environment: {} }));
  expect([code, suggestion]).toEqual(["PROVIDER_NOT_AVAILABLE", expect.stringContaining("apt-get install libvirt")]);
});

test("a command that fails at a libvirtd that answers is told as what it is", async () => {
  const virsh = fakeVirsh(folder(), { stderr: "error: failed to get domain 'web'\n", status: 1 });
  await expect(virsh.run(["dumpxml", "web"])).rejects.toMatchObject({
    code: "ENGINE_FAILED",
    message: "virsh dumpxml failed with status 1: failed to get domain 'web'",
  });
});
