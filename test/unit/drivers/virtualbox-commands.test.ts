/** What VirtualBox is told. Ruby reads what is written for Vagrant; no real VirtualBox is asked. */

import { spawnSync } from "node:child_process";
import {
  addForward,
  describeMachine,
  labelMachine,
  removeForward,
  removeMachine,
  resizeMachine,
  startMachine,
  stopMachine,
} from "../../../drivers/vagrant/virtualbox/commands";
import { isHostOnlyAddress, renderVirtualBoxFile } from "../../../drivers/vagrant/virtualbox/vagrantfile";
import type { LeasedPort } from "../../../settings/instance-spec";
import { instanceSpec } from "./support";

const uuid = "295e77c3-d922-4849-93de-4422b8c08880";
const port: LeasedPort = { host: 8100, inside: 80, protocol: "tcp", address: "127.0.0.1" };
const rule = "groundwork-tcp-8100,tcp,127.0.0.1,8100,,80";

test.each([
  ["describes a machine for programs", describeMachine("web"), ["showvminfo", "web", "--machinereadable"]],
  ["starts it without a window", startMachine(uuid), ["startvm", uuid, "--type", "headless"]],
  ["asks it to shut down", stopMachine(uuid, true), ["controlvm", uuid, "acpipowerbutton"]],
  ["takes its power away", stopMachine(uuid, false), ["controlvm", uuid, "poweroff"]],
  [
    "sets its limits in MiB and processors",
    resizeMachine(uuid, { memoryMiB: 1024, cpus: 2 }),
    ["modifyvm", uuid, "--memory", "1024", "--cpus", "2"],
  ],
  ["labels it", labelMachine(uuid, "{}"), ["modifyvm", uuid, "--description", "{}"]],
  ["forwards a port of one that runs", addForward(uuid, port, true), ["controlvm", uuid, "natpf1", rule]],
  ["forwards a port of one that is off", addForward(uuid, port, false), ["modifyvm", uuid, "--natpf1", rule]],
  [
    "ends a forward",
    removeForward(uuid, "groundwork-tcp-8100", true),
    ["controlvm", uuid, "natpf1", "delete", "groundwork-tcp-8100"],
  ],
  ["removes it with its disks", removeMachine(uuid), ["unregistervm", uuid, "--delete"]],
])("VBoxManage %s", (_what, command, expected) => {
  expect(command).toEqual(expected);
});

describe("the Vagrantfile", () => {
  const spec = instanceSpec({
    ...{ type: "vm", backend: "virtualbox", image: "debian/bookworm64", cpus: 2, diskGiB: 20 },
    login: { user: "ada" },
  });
  const text = renderVirtualBoxFile({ spec, ports: [port], labels: `{"it's":"\\"}`, keyFiles: ["/home/ada/.ssh/id"] });

  test.each([
    "config.vm.box = 'debian/bookworm64'",
    "config.vm.disk :disk, size: '20GB', primary: true",
    "virtualbox.memory = 512",
    "virtualbox.cpus = 2",
    "config.vm.network \"forwarded_port\", guest: 80, host: 8100, host_ip: '127.0.0.1', protocol: 'tcp', id: 'groundwork-tcp-8100', auto_correct: false",
  ])("says %s", (line) => {
    expect(text).toContain(line);
  });

  test("quotes what Ruby would take for more than a text", () => {
    expect(text).toContain(String.raw`"--description", '{"it\'s":"\\"}'`);
  });

  test("asks for no network of its own where no address is asked for", () => {
    expect(text).not.toContain("private_network");
  });

  test("asks for the address that is asked for", () => {
    const withAddress = renderVirtualBoxFile({
      spec: { ...spec, ipAddress: "192.168.56.10" },
      ports: [],
      labels: "",
      keyFiles: [],
    });
    expect(withAddress).toContain("config.vm.network \"private_network\", ip: '192.168.56.10'");
  });

  const hasRuby = spawnSync("ruby", ["--version"]).status === 0;
  if (!hasRuby) process.stderr.write("skipped: there is no ruby that could read a Vagrantfile\n");
  (hasRuby ? test : test.skip)("is Ruby", () => {
    expect(spawnSync("ruby", ["-c"], { input: text, encoding: "utf8" }).stdout).toBe("Syntax OK\n");
  });
});

test.each([
  ["192.168.56.10", true],
  ["192.168.63.254", true],
  ["192.168.64.1", false],
  ["192.168.56.1", false],
  ["10.0.0.2", false],
])("VirtualBox may give a machine %s: %s", (address, may) => {
  expect(isHostOnlyAddress(address)).toBe(may);
});
