import { vagrantError } from "../../../drivers/vagrant/vagrant";

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
