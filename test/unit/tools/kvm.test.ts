import { adviceOnKvm } from "../../../tools/setup/kvm";

/** A line of /proc/cpuinfo. */
function flags(names: string): string {
  return `processor\t: 0\nflags\t\t: fpu de ${names}\nbugs\t\t: spectre_v1\n`;
}

describe("KVM", () => {
  test("needs nothing where libvirt offers it", () => {
    expect(adviceOnKvm({ isOffered: true, hasDevice: true, boots: true, cpuInfo: "" })).toBeUndefined();
  });

  test("needs its device's group where QEMU does not accept the device", () => {
    expect(adviceOnKvm({ isOffered: false, hasDevice: true, boots: true, cpuInfo: flags("vmx") })).toContain(
      "group kvm",
    );
  });

  test("needs a host that is no virtual machine itself where emulation is faster", () => {
    const facts = { isOffered: false, hasDevice: true, boots: false, cpuInfo: flags("vmx") };
    expect(adviceOnKvm(facts)).toContain("no virtual machine itself");
  });

  test.each([
    ["the module for Intel", "vmx", "sudo modprobe kvm_intel"],
    ["the module for AMD", "svm", "sudo modprobe kvm_amd"],
    ["nested virtualisation, in a virtual machine", "hypervisor", "nested virtualisation"],
    ["a setting of the firmware, on bare metal", "aes", "firmware"],
  ])("needs %s", (_what, flag, advice) => {
    expect(adviceOnKvm({ isOffered: false, hasDevice: false, boots: false, cpuInfo: flags(flag) })).toContain(advice);
  });

  test("needs a setting of the firmware where the processor's flags are not told", () => {
    expect(adviceOnKvm({ isOffered: false, hasDevice: false, boots: false, cpuInfo: "" })).toContain("firmware");
  });
});
