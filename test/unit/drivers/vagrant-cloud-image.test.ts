/** How a cloud image changes what Vagrant is told. */

import { seedVolume } from "../../../drivers/vagrant/cloud-image";
import { renderVagrantfile, type VagrantfileInputs } from "../../../drivers/vagrant/vagrantfile";
import { stackNetwork } from "../../../settings/stack-network";
import { instanceSpec } from "./support";

const inputs: VagrantfileInputs = {
  spec: instanceSpec({ type: "vm", backend: "libvirt", image: "/srv/debian.qcow2#packages:git", diskGiB: 20 }),
  network: stackNetwork("web-1a2b3c", "10.192.7.0/24"),
  uuid: "295e77c3-d922-4849-93de-4422b8c08880",
  mac: "52:54:00:00:00:01",
  labels: "{}",
  box: { name: "groundwork-image-0123456789abcdef", file: "/srv/images/one.box" },
  keyFiles: [],
  publicKey: "ssh-ed25519 AAAA",
  hasKvm: true,
  bootSeconds: 180,
};

test("Vagrant is told the box that the image became, not the image", () => {
  const text = renderVagrantfile(inputs);
  expect(text).toContain("config.vm.box = 'groundwork-image-0123456789abcdef'");
  expect(text).toContain("config.vm.box_url = 'file:///srv/images/one.box'");
});

test("the seed is a disk that Vagrant neither makes nor removes", () => {
  expect(renderVagrantfile({ ...inputs, seed: seedVolume("web-1a2b3c") })).toContain(
    `libvirt.storage :file, path: 'web-1a2b3c-seed.iso', type: "raw", bus: "virtio", allow_existing: true`,
  );
});

test("a machine from a Vagrant box has one disk", () => {
  expect(renderVagrantfile(inputs)).not.toContain("storage");
});
