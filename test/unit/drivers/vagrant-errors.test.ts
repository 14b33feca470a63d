import { vagrantError } from "../../../drivers/vagrant/vagrant";
import { virshError } from "../../../drivers/vagrant/virsh";

test.each([
  ["Vagrant::Errors::BoxAddShortNotFound", "CONFIG_INVALID"],
  ["VagrantPlugins::ProviderLibvirt::Errors::DomainNameExists", "INFRA_EXISTS"],
  ["Vagrant::Errors::VMBootTimeout", "SSH_CONNECTION_FAILED"],
  ["Vagrant::Errors::ProviderNotUsable", "PROVIDER_NOT_AVAILABLE"],
  ["Vagrant::Errors::VirtualBoxKernelModuleNotLoaded", "PROVIDER_NOT_AVAILABLE"],
  ["Vagrant::Errors::VMNameExists", "INFRA_EXISTS"],
  ["Vagrant::Errors::ForwardPortCollision", "PORT_CONFLICT"],
  ["Vagrant::Errors::Unheard", "ENGINE_FAILED"],
])("Vagrant's %s is %s", (kind, code) => {
  expect(vagrantError({ kind, message: "it failed" }, "").code).toBe(code);
});

test("what Ruby alone says is kept to its first line", () => {
  const { message } = vagrantError(undefined, "vm_action.rb:7: No space left on device\n\tfrom a\n\tfrom b\n");
  expect(message).toBe("vagrant up failed: vm_action.rb:7: No space left on device");
});

test("virsh's last line is the message", () => {
  const stderr =
    "error: Failed to start domain 'web'\nerror: cannot set up guest memory 'pc.ram': Cannot allocate memory\n";
  expect(virshError(["start", "web"], { exitCode: 1, stdout: "", stderr })).toMatchObject({
    code: "INSUFFICIENT_RESOURCES",
    message: "virsh start failed with status 1: cannot set up guest memory 'pc.ram': Cannot allocate memory",
  });
});
