/** What VBoxManage says, from answers of the real program that others published; see the manifest beside them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isOff, parseInfo, parseList, saysMissing } from "../../../drivers/vagrant/virtualbox/answers";

function recorded(name: string): string {
  return readFileSync(join(__dirname, "recordings-virtualbox", `${name}.txt`), "utf8");
}

test("every machine of the list has its name and its UUID", () => {
  const machines = parseList(recorded("list-vms"));
  expect(machines).toHaveLength(10);
  expect(machines[0]).toEqual({ name: "boot2docker-vm", uuid: "d4d92435-7863-43ab-9a4a-1b24654abcd8" });
});

test("a running machine is described with its limits and its forwarded ports", () => {
  expect(parseInfo(recorded("running"))).toEqual({
    name: "urfve6cb85a2_default_1458910687825_39001",
    uuid: "295e77c3-d922-4849-93de-4422b8c08880",
    state: "running",
    memoryMiB: 2048,
    cpus: 2,
    forwards: [
      { name: "ssh", protocol: "tcp", address: "127.0.0.1", host: 2200, inside: 22 },
      { name: "tcp56790", protocol: "tcp", address: "", host: 2201, inside: 56789 },
      { name: "tcp56791", protocol: "tcp", address: "", host: 2202, inside: 56787 },
    ],
    description: "",
  });
});

test("a machine that is off is described by a newer version, with one line of its description", () => {
  expect(parseInfo(recorded("poweroff"))).toMatchObject({
    name: "manjaro-gnome-x64-full-clean",
    state: "poweroff",
    memoryMiB: 4096,
    cpus: 4,
    forwards: [],
    description: "name1=value1",
  });
});

test("a description cannot speak for the machine", () => {
  const text = `${recorded("poweroff")}description="one\nmemory=1\nVMState=\\"running\\""`;
  expect(parseInfo(text)).toMatchObject({ memoryMiB: 4096, state: "poweroff" });
});

test("a text that describes no machine is none", () => {
  expect(parseInfo("")).toBeUndefined();
});

test("a name that nobody has is told from other errors", () => {
  expect(saysMissing(recorded("missing"))).toBe(true);
  expect(saysMissing("VBoxManage: error: Failed to create the VirtualBox object!\n")).toBe(false);
});

test.each([
  ["running", false],
  ["paused", false],
  ["poweroff", true],
  ["saved", true],
])("a machine in the state %s is off: %s", (state, off) => {
  expect(isOff(state)).toBe(off);
});
