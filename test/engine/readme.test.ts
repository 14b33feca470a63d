/** The README and the guides are followed word for word; those of virtual machines in vm.test.ts. */

import { describeWithEngine, Sandbox } from "../support/sandbox";
import { comparable, Reader, readSteps } from "./support-guide";
import { describeWithAnsible } from "./support-playbook";

jest.setTimeout(240_000);

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.dispose());

async function expectTrue(page: string): Promise<void> {
  const steps = readSteps(page);
  expect(comparable(await new Reader(sandbox).follow(steps))).toEqual(comparable(steps));
}

describeWithEngine("the documentation, word for word", () => {
  test.each(["README.md", "docs/guides/first-project.md", "docs/guides/many-projects.md"])(
    "%s does what it says",
    expectTrue,
  );
});

describeWithAnsible("the documentation of playbooks, word for word", () => {
  test("docs/guides/provisioning.md does what it says", () => expectTrue("docs/guides/provisioning.md"));
});
