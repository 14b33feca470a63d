import { failureOf, parseLine, stageOf } from "../../../drivers/vagrant/machine-readable";

const stage = (line: string) => {
  const parsed = parseLine(line);
  return parsed === undefined ? undefined : stageOf(parsed)?.stage;
};

// Vagrant 2.3.4 with vagrant-libvirt 0.11.2 on Debian 12 wrote these lines.
test.each([
  ["1795290761,web,ui,info,==> web: Uploading base box image as volume into Libvirt storage...", "copy box"],
  ["1795290761,web,ui,info,==> web: Creating domain with the following settings...", "define"],
  ["1795290833,web,ui,info,==> web: Starting domain.", "boot"],
  ["1795291161,web,ui,output,==> web: Waiting for machine to boot. This may take a few minutes...", "wait for SSH of"],
  ["1795290758,web,ui,detail,    web: Box Provider: libvirt", undefined],
  ["1795290756,web,metadata,provider,libvirt", undefined],
  ["a word of Ruby", undefined],
])("%j tells the stage %j", (line, expected) => {
  expect(stage(line)).toBe(expected);
});

test("commas and line ends come back", () => {
  expect(parseLine(String.raw`1,web,ui,info,a%!(VAGRANT_COMMA) b\nc`)?.data).toEqual(["info", "a, b\nc"]);
});

test("a failure is told with its class", () => {
  const line = parseLine("1,,error-exit,Vagrant::Errors::BoxAddShortNotFound,The box 'a/b' could not be found");
  expect(line && failureOf(line)).toEqual({
    kind: "Vagrant::Errors::BoxAddShortNotFound",
    message: "The box 'a/b' could not be found",
  });
});
