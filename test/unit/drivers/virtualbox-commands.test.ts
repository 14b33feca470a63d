/** What VirtualBox is told. Ruby reads what is written for Vagrant; no real VirtualBox is asked. */

import { spawnSync } from "node:child_process";
import {
  describeMachine,
  removeMachine,
  renameMachine,
  stopMachine,
} from "../../../drivers/vagrant/virtualbox/commands";
import { formatDescription, parseDescription } from "../../../drivers/vagrant/virtualbox/description";
import { installAdvice } from "../../../drivers/vagrant/virtualbox/install-advice";
import { changeOfVirtualBox } from "../../../drivers/vagrant/virtualbox/plan-change";
import { renderVirtualBoxFile, type VirtualBoxInputs } from "../../../drivers/vagrant/virtualbox/vagrantfile";
import { identity, instanceSpec } from "./support";
import { ownerLabels } from "../../../settings/instance-properties";

const uuid = "295e77c3-d922-4849-93de-4422b8c08880";

test.each([
  ["describes a machine for programs", describeMachine(uuid), ["showvminfo", uuid, "--machinereadable"]],
  ["asks it to shut down", stopMachine(uuid, true), ["controlvm", uuid, "acpipowerbutton"]],
  ["takes its power away", stopMachine(uuid, false), ["controlvm", uuid, "poweroff"]],
  ["renames it", renameMachine(uuid, "web", "a"), ["modifyvm", uuid, "--name", "web", "--description", "a"]],
  ["removes it with its disks", removeMachine(uuid), ["unregistervm", uuid, "--delete"]],
])("VBoxManage %s", (_what, command, expected) => {
  expect(command).toEqual(expected);
});

describe("the Vagrantfile", () => {
  const spec = instanceSpec({
    type: "vm",
    backend: "virtualbox",
    image: "debian/bookworm64",
    cpus: 2,
    diskGiB: 20,
    login: { user: "ada" },
  });
  const inputs: VirtualBoxInputs = {
    spec,
    box: { name: spec.image },
    bootSeconds: 300,
    keyFiles: ["/home/ada/.ssh/id"],
    ports: [{ host: 8100, inside: 80, protocol: "tcp", address: "127.0.0.1" }],
    publicKey: "ssh-ed25519 AAAA",
    description: `it's "\\"`,
  };
  const text = renderVirtualBoxFile(inputs);

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
    expect(text).toContain(String.raw`"--description", 'it\'s "\\"']`);
  });

  test("asks for no network of its own where no address is asked for", () => {
    expect(text).not.toContain("private_network");
  });

  test("asks for the address that is asked for", () => {
    const withAddress = renderVirtualBoxFile({ ...inputs, address: "192.168.56.10" });
    expect(withAddress).toContain("config.vm.network \"private_network\", ip: '192.168.56.10'");
  });

  const hasRuby = spawnSync("ruby", ["--version"]).status === 0;
  if (!hasRuby) process.stderr.write("skipped: there is no ruby that could read a Vagrantfile\n");
  (hasRuby ? test : test.skip)("is Ruby", () => {
    expect(spawnSync("ruby", ["-c"], { input: text, encoding: "utf8" }).stdout).toBe("Syntax OK\n");
  });
});

describe("a machine's description", () => {
  const record = { box: "a/b", environmentDigest: "d", ports: [], automaticPorts: [] };
  const description = { labels: ownerLabels(identity), record, diskGiB: 20, ipAddress: "", kept: false };

  test("says what was written", () => {
    expect(parseDescription(formatDescription(description))).toEqual(description);
  });

  test("is one word, which no version of VBoxManage quotes", () => {
    expect(formatDescription(description)).toMatch(/^[\w:-]+$/);
  });

  test.each(["", "name1=value1", "groundwork:", "groundwork:e30"])("of somebody else is none: %j", (text) => {
    expect(parseDescription(text)).toBeUndefined();
  });
});

test.each([
  [["ports"], "restart"],
  [["image"], "replace"],
  [["exists"], "create"],
  [[], "none"],
])("a change of %j is made by: %s", (changed, change) => {
  expect(changeOfVirtualBox(changed)).toBe(change);
});

test.each([
  ["macOS", "darwin", "", "Install it: `brew install --cask virtualbox`."],
  ["Ubuntu", "linux", "ID=ubuntu\n", "Install it: `sudo apt-get install virtualbox`."],
  [
    "Debian, whose archive has none",
    "linux",
    'VERSION_CODENAME="bookworm"\nID=debian\n',
    "Debian's archive has no VirtualBox: add Oracle's (`deb [signed-by=/usr/share/keyrings/oracle-virtualbox-2016.gpg] https://download.virtualbox.org/virtualbox/debian bookworm contrib`) and its key as https://www.virtualbox.org/wiki/Linux_Downloads says, then run `sudo apt-get install virtualbox-7.0`.",
  ],
  [
    "another system",
    "linux",
    "ID=void\n",
    "Install it as https://www.virtualbox.org/wiki/Linux_Downloads says for this system.",
  ],
])("how to install it on %s", (_system, platform, osRelease, advice) => {
  expect(installAdvice(platform, osRelease)).toBe(advice);
});
