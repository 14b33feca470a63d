import { diskRefusal } from "../../../host/disk";
import type { LedgerEntry } from "../../../host/promises";
import type { DiskSpace } from "../../../settings/instance-objects";
import type { InstancePromise } from "../../../settings/instance-promise";
import { entry, hostView, promise } from "./fixtures";

const space: DiskSpace = { directory: "/images", totalGiB: 200, freeGiB: 150 };
const shop = entry("shop", "shop", { backend: "libvirt", diskGiB: 80, backendId: "abc" });

function machine(diskGiB: number, over: Partial<InstancePromise> = {}): InstancePromise {
  return promise("web", { backend: "libvirt", diskGiB, ...over });
}

function mine(diskGiB: number, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return entry("mine", "web", { backend: "libvirt", diskGiB, backendId: "def", ...over });
}

function refuse(promises: InstancePromise[], entries: LedgerEntry[] = [], over: Partial<DiskSpace> = {}) {
  const { capacity, running } = hostView();
  const none = { uses: new Map(), ports: new Map(), subnets: new Map(), addressUses: new Map(), addresses: new Map() };
  const host = { capacity, running, disk: { ...space, ...over } };
  return diskRefusal({ entries, stack: "mine", promises, host, ...none });
}

function messages(...request: Parameters<typeof refuse>): string[] {
  return refuse(...request).map(({ message }) => message);
}

test("a disk is granted up to the last gibibyte that is not promised", () => {
  expect(messages([machine(120)], [shop])).toEqual([]);
});

test("a disk beyond that is refused with the holders and both numbers", () => {
  expect(messages([machine(121)], [shop])).toEqual([
    "web needs 121 GiB of disk; 120 GiB of 200 GiB at /images can be promised; shop (/home/a/shop) holds 80 GiB; " +
      "remove shop (/home/a/shop) to make room.",
  ]);
});

test("a disk that is larger than the file system is refused with the most that can be promised", () => {
  expect(messages([machine(201)], [shop])).toEqual([
    expect.stringMatching(/; at most 200 GiB can be promised at all\.$/),
  ]);
});

test("the disks of all machines of a stack are asked for together", () => {
  expect(messages([machine(101), machine(100, { id: "db" })])).toEqual([
    "web and db need 201 GiB of disk; 200 GiB of 200 GiB at /images can be promised; " +
      "at most 200 GiB can be promised at all.",
  ]);
});

test("a machine that stands still keeps its disk against others", () => {
  expect(messages([machine(121)], [{ ...shop, power: "stopped" }])).toHaveLength(1);
});

test("a machine that is to stand still needs its disk", () => {
  expect(messages([machine(121, { power: "stopped" })], [shop])).toHaveLength(1);
});

test("a machine that leaves another stack keeps its disk until it is gone", () => {
  expect(messages([machine(121)], [{ ...shop, leaving: true }])).toHaveLength(1);
});

test("a disk that is not free now is refused though nobody was promised it", () => {
  expect(messages([machine(40)], [shop], { freeGiB: 39 })).toEqual([
    "web needs 40 GiB of disk; 39 GiB of 200 GiB at /images are free now; shop (/home/a/shop) holds 80 GiB.",
  ]);
});

test("a disk that is there already is never missing, however little is free", () => {
  expect(messages([machine(40)], [mine(40)], { freeGiB: 0 })).toEqual([]);
});

test("a disk that was promised and never made must be free", () => {
  expect(messages([machine(40)], [mine(40, { backendId: undefined })], { freeGiB: 39 })).toHaveLength(1);
});

test("a disk that grows needs what it grows by", () => {
  expect(messages([machine(50)], [mine(40)], { freeGiB: 10 })).toEqual([]);
  expect(messages([machine(51)], [mine(40)], { freeGiB: 10 })).toEqual([
    "web needs 51 GiB of disk, 11 GiB more than it has now; 10 GiB of 200 GiB at /images are free now.",
  ]);
});

test("a disk of a machine that leaves the same stack goes to its successor", () => {
  expect(messages([machine(150)], [mine(150, { id: "old", leaving: true })], { freeGiB: 0 })).toEqual([]);
});

test("what a stack already holds is not refused when the file system has shrunk", () => {
  expect(messages([machine(40)], [mine(40)], { totalGiB: 20 })).toEqual([]);
});

test("containers need no disk, however little there is", () => {
  expect(messages([promise("web")], [shop], { totalGiB: 1, freeGiB: 0 })).toEqual([]);
});

test("the project to remove is suggested, and the most that fits", () => {
  const [refusal] = refuse([machine(121)], [shop]);
  expect(refusal?.suggestion).toBe("Run `vagrantp rm` in /home/a/shop, or lower DISK_SIZE to at most 120 GiB.");
});

test("a machine of a shared stack is suggested to be removed from that stack's config", () => {
  const [refusal] = refuse([machine(121)], [{ ...shop, projectDirectory: undefined }]);
  expect(refusal?.suggestion).toMatch(/^Remove shop from the config of stack shop and run `pulumi up -s shop`, or /);
});

test("for programs the numbers and the holders are told", () => {
  const [refusal] = refuse([machine(121)], [shop]);
  expect(refusal).toMatchObject({
    code: "INSUFFICIENT_RESOURCES",
    details: {
      neededGiB: 121,
      freeGiB: 120,
      totalGiB: 200,
      directory: "/images",
      holders: [{ stack: "shop", id: "shop", projectDirectory: "/home/a/shop", diskGiB: 80 }],
    },
  });
});
