/** The order of what VirtualBox's programs are told; scripts stand in for them. No real VirtualBox is asked. */

import { readdirSync } from "node:fs";
import { differences, type DesiredInstance } from "../../../drivers/driver";
import type { GroundworkError } from "../../../settings/errors";
import type { InstanceSpec, LeasedPort } from "../../../settings/instance-spec";
import { FakeVirtualBox, secondUuid, uuid } from "./fake-virtualbox";
import { desiredInstance, identity } from "./support";

const port: LeasedPort = { host: 8100, inside: 80, protocol: "tcp", address: "127.0.0.1" };
const up = "vagrant up --provider virtualbox --machine-readable";
const insideSetUp = ["ssh", "ssh"];
const target = { ...identity, backend: "virtualbox", objectId: uuid };

let virtualBox: FakeVirtualBox;

beforeEach(() => {
  virtualBox = new FakeVirtualBox();
});

afterEach(() => {
  virtualBox.dispose();
});

function desired(over: Partial<InstanceSpec> = {}, ports: readonly LeasedPort[] = [port]): DesiredInstance {
  const spec: Partial<InstanceSpec> = {
    type: "vm",
    backend: "virtualbox",
    image: "debian/bookworm64",
    memoryMiB: 2048,
    cpus: 2,
    diskGiB: 20,
    login: { user: "vagrant" },
  };
  return { ...desiredInstance({ ...spec, ...over }, ports), identity: { ...identity, backend: "virtualbox" } };
}

function withDigest(environmentDigest: string): DesiredInstance {
  const wish = desired();
  return { ...wish, properties: { ...wish.properties, environmentDigest } };
}

function withAddress(address: string): DesiredInstance {
  const wish = desired({ networkMode: "bridge" });
  return { ...wish, address, properties: { ...wish.properties, ipAddress: address } };
}

/** Makes the machine, and forgets the calls of that. */
async function create(): Promise<void> {
  await virtualBox.driver.ensure(desired(), undefined);
  virtualBox.calls();
}

describe("a machine that is not there", () => {
  test("is made by Vagrant alone", async () => {
    await expect(virtualBox.driver.ensure(desired(), undefined)).resolves.toEqual({ objectId: uuid, change: "create" });
    expect(virtualBox.changes()).toEqual([up, ...insideSetUp]);
  });

  test("is then as it was desired", async () => {
    await create();
    const [observation] = await virtualBox.driver.observe([target]);
    expect(observation).toMatchObject({ state: "present", objectId: uuid, active: true });
    const properties = observation?.state === "present" ? observation.properties : undefined;
    expect(differences(properties!, desired().properties)).toEqual([]);
  });

  test("that is to stand still is stopped when it is made", async () => {
    await virtualBox.driver.ensure(desired({ power: "stopped" }), undefined);
    expect(virtualBox.changes()).toEqual([up, ...insideSetUp, `VBoxManage controlvm ${uuid} acpipowerbutton`]);
  });

  test("leaves nothing where Vagrant fails", async () => {
    virtualBox.failVagrant();
    await expect(virtualBox.driver.ensure(desired(), undefined)).rejects.toMatchObject({
      code: "SSH_CONNECTION_FAILED",
    });
    expect(readdirSync(virtualBox.directory)).toEqual([]);
  });

  test("is absent", async () => {
    await expect(virtualBox.driver.observe([target])).resolves.toEqual([{ state: "absent" }]);
  });
});

describe("a machine that is there", () => {
  beforeEach(create);

  test("and is as desired is only looked at", async () => {
    await expect(virtualBox.driver.ensure(desired(), uuid)).resolves.toMatchObject({ change: "none" });
    expect(virtualBox.calls()).toEqual(["VBoxManage list vms", `VBoxManage showvminfo ${uuid} --machinereadable`]);
  });

  test.each([
    ["memory", desired({ memoryMiB: 4096 })],
    ["ports", desired({}, [{ ...port, inside: 81 }])],
    ["variables", withDigest("other")],
    ["networks", withAddress("192.168.56.10")],
  ])("is given other %s by Vagrant, off", async (_what, wish) => {
    await expect(virtualBox.driver.ensure(wish, uuid)).resolves.toMatchObject({ change: "restart" });
    expect(virtualBox.changes()).toEqual([`VBoxManage controlvm ${uuid} acpipowerbutton`, up, ...insideSetUp]);
    await expect(virtualBox.driver.ensure(wish, uuid)).resolves.toMatchObject({ change: "none" });
  });

  test("keeps its place beside the one that another box makes", async () => {
    await expect(virtualBox.driver.ensure(desired({ image: "debian/trixie64" }), uuid)).resolves.toMatchObject({
      change: "replace",
    });
    const [, renamed = "", ...rest] = virtualBox.changes();
    expect(renamed).toMatch(
      new RegExp(String.raw`^VBoxManage modifyvm ${uuid} --name web-1a2b3c\.kept-\w+ --description groundwork:`),
    );
    expect(rest).toEqual([up, ...insideSetUp]);
  });

  test("refuses a smaller disk, and runs on", async () => {
    await expect(virtualBox.driver.ensure(desired({ diskGiB: 10 }), uuid)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    expect(virtualBox.changes()).toEqual([]);
  });

  test("is asked to shut down", async () => {
    await virtualBox.driver.stop(target, true);
    expect(virtualBox.changes()).toEqual([`VBoxManage controlvm ${uuid} acpipowerbutton`]);
  });

  test("loses its power where it must stop at once", async () => {
    await virtualBox.driver.stop(target, false);
    expect(virtualBox.changes()).toEqual([`VBoxManage controlvm ${uuid} poweroff`]);
  });

  test("that stands still is left alone by a stop", async () => {
    virtualBox.set("state", "poweroff");
    await virtualBox.driver.stop(target, true);
    expect(virtualBox.changes()).toEqual([]);
  });

  test("that stands still is started by Vagrant", async () => {
    virtualBox.set("state", "poweroff");
    await expect(virtualBox.driver.ensure(desired(), uuid)).resolves.toMatchObject({ change: "restart" });
    expect(virtualBox.changes()).toEqual([up, ...insideSetUp]);
  });

  test("is removed with its disks and its folder", async () => {
    await virtualBox.driver.remove(target);
    expect(virtualBox.changes()).toEqual([
      `VBoxManage controlvm ${uuid} poweroff`,
      `VBoxManage unregistervm ${uuid} --delete`,
    ]);
    expect(readdirSync(virtualBox.directory)).toEqual([]);
  });

  test("is removed as soon as VirtualBox lets go of it", async () => {
    virtualBox.lockOnce();
    await virtualBox.driver.remove(target);
    const remove = `VBoxManage unregistervm ${uuid} --delete`;
    expect(virtualBox.changes()).toEqual([`VBoxManage controlvm ${uuid} poweroff`, remove, remove]);
  });

  test("that a killed run left unfinished is made anew", async () => {
    virtualBox.leaveUnfinished();
    await expect(virtualBox.driver.ensure(desired(), uuid)).resolves.toMatchObject({ change: "create" });
    expect(virtualBox.changes()).toEqual([
      `VBoxManage controlvm ${uuid} poweroff`,
      `VBoxManage unregistervm ${uuid} --delete`,
      ...[up, ...insideSetUp],
    ]);
  });

  test("is listed with its ports for a ledger that was lost", async () => {
    await expect(virtualBox.driver.list(identity.host)).resolves.toMatchObject([
      { objectId: uuid, running: true, memoryMiB: 2048, diskGiB: 20, ports: [port] },
    ]);
  });

  test("has its disk where VirtualBox keeps its machines", async () => {
    await expect(virtualBox.driver.diskSpace()).resolves.toMatchObject({ directory: virtualBox.machines });
  });

  test("is none of another host's", async () => {
    await expect(virtualBox.driver.list("ffffffffffff")).resolves.toEqual([]);
  });

  test("is entered by ssh", () => {
    const [program, ...words] = virtualBox.driver.execCommand(target, ["id"], false);
    expect([program, words.at(-1)]).toEqual(["ssh", expect.stringContaining("exec 'id'")]);
  });
});

describe("a machine that a new box replaced", () => {
  beforeEach(async () => {
    await create();
    await virtualBox.driver.ensure(desired({ image: "debian/trixie64" }), uuid);
    virtualBox.calls();
  });

  test("is no instance any more, but its successor is", async () => {
    await expect(virtualBox.driver.list(identity.host)).resolves.toMatchObject([{ objectId: secondUuid }]);
  });

  test("is a leftover, which is removed with its disks", async () => {
    const [leftover] = await virtualBox.driver.leftovers(identity.host);
    expect(leftover).toMatchObject({ kind: "disk", objectId: uuid, stack: identity.stack });
    await virtualBox.driver.removeLeftover(leftover!);
    expect(virtualBox.changes()).toEqual([`VBoxManage unregistervm ${uuid} --delete`]);
  });

  test("is not what a removed instance takes with it", async () => {
    await virtualBox.driver.remove({ ...target, objectId: secondUuid });
    expect(virtualBox.changes()).toEqual([
      `VBoxManage controlvm ${secondUuid} poweroff`,
      `VBoxManage unregistervm ${secondUuid} --delete`,
    ]);
  });
});

describe("somebody else's machine of this name", () => {
  beforeEach(() => virtualBox.addForeign(identity.name));

  test("is told, and nothing is made", async () => {
    await expect(virtualBox.driver.ensure(desired(), undefined)).rejects.toMatchObject({ code: "INFRA_EXISTS" });
    expect(virtualBox.changes()).toEqual([]);
  });

  test("is not removed", async () => {
    await virtualBox.driver.remove(identity);
    expect(virtualBox.changes()).toEqual([]);
  });
});

test("without VBoxManage the provider is missing, and the way to install it is told", async () => {
  virtualBox.dispose();
  virtualBox = new FakeVirtualBox({ installed: false });
  const error: unknown = await virtualBox.driver.observe([target]).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "PROVIDER_NOT_AVAILABLE", exitStatus: 5 });
  expect((error as GroundworkError).toText()).toMatch(/virtualbox/i);
});
