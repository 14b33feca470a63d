import { parseEvent, resultsOf, type PlaybookEvent } from "../../../playbooks/events";

const result: PlaybookEvent = {
  event: "result",
  task: "install the page",
  host: "web",
  status: "changed",
  message: "",
  diff: "--- before: /srv/page\n+++ after: /home/ada/.ansible/tmp/ansible-local-1234abc/tmpxyz/page.j2\n@@ -1 +1 @@\n-a\n+b\n",
};

test("a line is an event", () => {
  expect(parseEvent('{"event": "task", "task": "say"}')).toEqual({ event: "task", task: "say" });
});

test("a line that was cut off is none", () => {
  expect(parseEvent('{"event": "ta')).toBeUndefined();
});

test("the results are those of tasks alone, in their order", () => {
  const events: PlaybookEvent[] = [{ event: "begin" }, { event: "task", task: "install the page" }, result];
  expect(resultsOf(events).map(({ task, status }) => [task, status])).toEqual([["install the page", "changed"]]);
});

test("a diff names the template, not where Ansible rendered it", () => {
  expect(resultsOf([result])[0]?.diff).toBe("--- before: /srv/page\n+++ after: page.j2\n@@ -1 +1 @@\n-a\n+b\n");
});
