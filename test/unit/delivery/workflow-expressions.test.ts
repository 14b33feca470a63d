/** What the runner of workflows in the tests makes of expressions. */

import { filled, holds } from "../../delivery/support/workflow-expressions";

const contexts = {
  github: {
    repository: "acme/infra",
    event: { pull_request: { number: 7, head: { repo: { full_name: "eve/infra" } } } },
  },
  matrix: { stack: "dev", runner: ["self-hosted", "here"] },
  secrets: {},
};

test("a text has its expressions replaced", () => {
  expect(filled("preview-${{ matrix.stack }}-${{ github.event.pull_request.number }}", contexts)).toBe("preview-dev-7");
});

test("a secret that is not there is empty", () => {
  expect(filled("${{ secrets.LINODE_TOKEN }}", contexts)).toBe("");
});

test("a pull request of a fork does not hold against the repository", () => {
  const condition = "github.event.pull_request.head.repo.full_name == github.repository";
  expect(holds(condition, contexts)).toBe(false);
  expect(holds("github.repository == 'ACME/infra'", contexts)).toBe(true);
});

test("what is not known to GitHub is an error", () => {
  expect(() => filled("${{ magic.wand }}", contexts)).toThrow("magic");
});
