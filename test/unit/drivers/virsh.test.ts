import { startNetwork } from "../../../drivers/vagrant/networks";
import { startDomain } from "../../../drivers/vagrant/power";
import { Virsh } from "../../../drivers/vagrant/virsh";
import type { GroundworkError } from "../../../settings/errors";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakeVirsh } from "./fake-virsh";
import { libvirtRecordingsFolder, recordingText } from "./recordings";

const folder = useTemporaryFolder();

const said = (name: string) => ({ stderr: recordingText(`${name}.txt`, libvirtRecordingsFolder), status: 1 });

async function errorOf(virsh: Virsh): Promise<GroundworkError> {
  return virsh.batch([["list", "--all"]]).then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as GroundworkError,
  );
}

test("a libvirtd that is down is no provider (exit 5), with the command that starts it", async () => {
  const error = await errorOf(fakeVirsh(folder(), said("no-socket")));
  expect(error).toMatchObject({
    code: "PROVIDER_NOT_AVAILABLE",
    exitStatus: 5,
    message: "libvirt does not answer: Failed to connect socket to '/nowhere': No such file or directory.",
    suggestion: "Start it: `sudo systemctl start libvirtd`, or `sudo libvirtd -d` where there is no systemd.",
  });
});

test("a libvirtd that lets this user not in is no provider, with the command that changes it", async () => {
  const { code, suggestion } = await errorOf(fakeVirsh(folder(), said("denied")));
  expect([code, suggestion]).toEqual(["PROVIDER_NOT_AVAILABLE", expect.stringContaining("usermod -aG libvirt")]);
});

test("a virsh that is not there is no provider, with the command that installs it", async () => {
  const { code, suggestion } = await errorOf(new Virsh({ path: `${folder()}/virsh`, environment: {} }));
  expect([code, suggestion]).toEqual(["PROVIDER_NOT_AVAILABLE", expect.stringContaining("apt-get install libvirt")]);
});

test.each([
  ["no-domain", "ENGINE_FAILED", "failed to get domain 'recorded-nowhere'"],
  ["name-in-use", "INFRA_EXISTS", "domain 'recorded' already exists with uuid e3e6c372-9603-4ecb-b25c-7f7cda68c5d1"],
  ["no-memory", "INSUFFICIENT_RESOURCES", "cannot set up guest memory 'pc.ram': Cannot allocate memory"],
])("a command that fails at a libvirtd that answers is told as what it is: %s", async (name, code, words) => {
  const failed = fakeVirsh(folder(), said(name)).run(["dumpxml", "web"]);
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
});

test.each([
  ["a machine that runs", "domain-active", (virsh: Virsh) => startDomain(virsh, "web")],
  ["a network that is started", "network-active", (virsh: Virsh) => startNetwork(virsh, "web")],
])("%s is not started again, which is no failure", async (_what, name, start) => {
  await expect(start(fakeVirsh(folder(), said(name)))).resolves.toBeUndefined();
});
