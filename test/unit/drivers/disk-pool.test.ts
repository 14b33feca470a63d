import { statfsSync } from "node:fs";
import { join } from "node:path";
import { poolSpace } from "../../../drivers/vagrant/disk-pool";
import { spaceAt } from "../../../drivers/vagrant/disk-space";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakeVirsh } from "./fake-virsh";
import { libvirtRecordingsFolder, recordingText } from "./recordings";

const folder = useTemporaryFolder();

const recorded = (name: string) => recordingText(name, libvirtRecordingsFolder);

test("the disks' place is the one that libvirt tells", async () => {
  const pool = recorded("pool.xml").replace("/var/lib/libvirt/images", folder());
  const { directory } = await poolSpace(fakeVirsh(folder(), { stdout: pool }));
  expect(directory).toBe(folder());
});

test("without a pool it is the folder of the one that would be made", async () => {
  const { directory } = await poolSpace(fakeVirsh(folder(), { stderr: recorded("no-pool.txt"), status: 1 }));
  expect(directory).toBe("/var/lib/libvirt/images");
});

test("a folder that is not there yet has the space of the one that it will be made in", async () => {
  const missing = join(folder(), "a", "b");
  const { totalGiB } = await spaceAt(folder());
  expect(await spaceAt(missing)).toMatchObject({ directory: missing, totalGiB });
});

test("the space is told in whole gibibytes", async () => {
  const { blocks, bsize } = statfsSync(folder());
  const { totalGiB, freeGiB } = await spaceAt(folder());
  expect([totalGiB, freeGiB]).toEqual([Math.floor((blocks * bsize) / 2 ** 30), Math.floor(freeGiB)]);
});
