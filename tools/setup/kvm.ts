/** Whether virtual machines run at the processor's speed here, and if not what to do. Pure. */

/** What this host shows. libvirt opens the device as a user of its own: this user need not be allowed to. */
export interface KvmFacts {
  /** Whether libvirt offers KVM. A /dev/kvm alone proves nothing: QEMU may refuse it. */
  readonly isOffered: boolean;
  /** Whether there is a /dev/kvm. */
  readonly hasDevice: boolean;
  /** Whether a machine boots on it, and not more slowly than an emulated one. */
  readonly boots: boolean;
  /** /proc/cpuinfo; empty where there is none. */
  readonly cpuInfo: string;
}

/** What is in the way of KVM and what to do about it, in one sentence; undefined where nothing is. */
export function adviceOnKvm({ isOffered, hasDevice, boots, cpuInfo }: KvmFacts): string | undefined {
  if (isOffered) return undefined;
  if (hasDevice && !boots)
    return "there is a /dev/kvm, but emulation is faster than it; run this on a host that is no virtual machine itself";
  if (hasDevice) return "QEMU does not accept /dev/kvm; see that it belongs to the group kvm, then restart libvirtd";
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/));
  if (flags.has("vmx")) return "there is no /dev/kvm; run `sudo modprobe kvm_intel`";
  if (flags.has("svm")) return "there is no /dev/kvm; run `sudo modprobe kvm_amd`";
  return flags.has("hypervisor")
    ? "there is no /dev/kvm, and this host is itself a virtual machine; enable nested virtualisation on the host that runs it"
    : "there is no /dev/kvm; enable virtualisation (VT-x, AMD-V) in the firmware";
}
