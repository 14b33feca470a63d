import { parseDomains } from "../../../drivers/vagrant/domains";

/** The least that libvirt 9.0 tells of a domain: one that somebody defined by hand, without a disk or an interface. */
const bare = `<domain type='qemu'>
  <name>taken</name>
  <uuid>11111111-2222-4333-8444-555555555555</uuid>
  <memory unit='KiB'>16384</memory>
  <currentMemory unit='KiB'>16384</currentMemory>
  <vcpu placement='static'>1</vcpu>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
  </devices>
</domain>

shut off

`;

test("a domain that somebody made by hand is read, and is nobody's of ours", () => {
  expect(parseDomains(bare)).toEqual([
    expect.objectContaining({ name: "taken", active: false, memoryMiB: 16, cpus: 1, labels: undefined }),
  ]);
});
