/** What is read of libvirt's domains, as virsh told of real ones. */

import { findDomains, parseDomains } from "../../../drivers/vagrant/domains";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { fakeVirsh } from "./fake-virsh";
import { libvirtRecordingsFolder, recordingText } from "./recordings";
import { identity } from "./support";

const folder = useTemporaryFolder();
const recorded = (name: string) => recordingText(`${name}.txt`, libvirtRecordingsFolder);
const [machine] = parseDomains(recorded("running"));
const [byHand] = parseDomains(recorded("by-hand"));

test("a machine of ours is read with all that was promised", () => {
  expect(parseDomains(recorded("running"))).toEqual([
    {
      uuid: "31f0ea1a-4ed3-4993-94ed-dd4f717e67cd",
      name: "web-1a2b3c",
      active: true,
      running: true,
      memoryMiB: 512,
      maximumMiB: 512,
      cpus: 1,
      diskGiB: 5,
      diskFile: "/var/lib/libvirt/images/web-1a2b3c.img",
      interfaces: [
        { network: "groundwork-web-1a2b3c-10-192-7", mac: "52:54:00:ab:1e:ee" },
        { network: "groundwork.bridge-172-30-223", mac: "52:54:00:44:8c:64" },
      ],
      network: "groundwork-web-1a2b3c-10-192-7",
      labels: { "groundwork.host": "0123456789ab", "groundwork.stack": "web-1a2b3c", "groundwork.id": "web" },
      record: {
        box: "groundwork-debian12-a404c5ceba09",
        environmentDigest: "730a525171685dfa1eb2b4f42b03371c",
        ports: ["127.0.0.1:8476:22/tcp"],
        automaticPorts: ["127.0.0.1:8476:22/tcp"],
        address: { address: "172.30.223.10", automatic: false },
        projectDirectory: "/srv/web",
      },
    },
  ]);
});

test.each([
  ["paused", { active: true, running: false }],
  ["stopped", { active: false, running: false }],
])("a machine that is %s is the same one", (state, power) => {
  expect(parseDomains(recorded(state))).toEqual([{ ...machine, ...power }]);
});

test("a domain that somebody made by hand is read, and is nobody's of ours", () => {
  expect(parseDomains(recorded("by-hand"))).toEqual([
    expect.objectContaining({ name: "recorded", active: false, memoryMiB: 16, cpus: 1, labels: undefined }),
  ]);
});

describe("the domains of a target", () => {
  const target = { ...identity, objectId: machine!.uuid };

  test("are the recorded one, asked for once, where that has its name", async () => {
    const virsh = fakeVirsh(folder(), { stdout: `${recorded("running")}${machine!.uuid}\n\n` }, { status: 1 });
    expect(await findDomains(virsh, [target])).toEqual([machine]);
  });

  test("are also the one that has its name now", async () => {
    const first = { stdout: `${recorded("running")}${byHand!.uuid}\n\n` };
    expect(await findDomains(fakeVirsh(folder(), first, { stdout: recorded("by-hand") }), [target])).toEqual([
      machine,
      byHand,
    ]);
  });

  test("are none where neither its id nor its name is known", async () => {
    const virsh = fakeVirsh(folder(), { stderr: recorded("no-domain"), status: 1 });
    expect(await findDomains(virsh, [target])).toEqual([]);
  });
});
