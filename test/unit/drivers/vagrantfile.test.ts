import { renderVagrantfile, type VagrantfileInputs } from "../../../drivers/vagrant/vagrantfile";
import { instanceSpec } from "./support";

const inputs: VagrantfileInputs = {
  spec: instanceSpec({ type: "vm", backend: "libvirt", image: "debian/bookworm64", diskGiB: 20, cpus: 2 }),
  network: { name: "groundwork-web-1a2b3c-10-192-7", subnet: "10.192.7.0/24" },
  uuid: "11111111-2222-4333-8444-555555555555",
  mac: "52:54:00:aa:bb:cc",
  labels: '{"groundwork.id":"web"}',
  box: { name: "debian/bookworm64" },
  keyFiles: [],
  publicKey: "ssh-ed25519 AAAA groundwork",
  hasKvm: true,
  bootSeconds: 180,
};

test("a Vagrantfile is the same every time", () => {
  expect(renderVagrantfile(inputs)).toMatchSnapshot();
});

test("a host without KVM emulates", () => {
  expect(renderVagrantfile({ ...inputs, hasKvm: false })).toContain("libvirt.driver = 'qemu'");
});

test("nothing in a value is read by Ruby", () => {
  const keyFiles = [String.raw`/home/o'brien/#{x}\key`];
  expect(renderVagrantfile({ ...inputs, keyFiles })).toContain(String.raw`['/home/o\'brien/#{x}\\key', `);
});

test("a box that set-up made is added from its file", () => {
  const text = renderVagrantfile({ ...inputs, box: { name: "a", file: "/cache/a.box" } });
  expect(text).toContain("config.vm.box_url = 'file:///cache/a.box'");
});
