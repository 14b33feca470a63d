import { progressEvent } from "../../../../cli/progress/event";
import { ProgressReport } from "../../../../cli/progress/progress-report";
import type { Progress } from "../../../../verbs/verb";

/** A report that keeps its events, with a clock that is set by hand. */
function reportAt(start = 0) {
  const clock = { now: start };
  const events: unknown[] = [];
  const renderer = { show: (event: unknown) => events.push(event), close: () => undefined };
  return { clock, events, report: new ProgressReport(renderer, () => clock.now) };
}

/** What is told, half a second apart, and then ended. */
function eventsOf(told: readonly Progress[], failed = false): { type: string; message: string }[] {
  const { clock, events, report } = reportAt();
  for (const progress of told) {
    report.tell(progress);
    clock.now += 500;
  }
  report.end(failed);
  return events as { type: string; message: string }[];
}

const inShort = (told: readonly Progress[], failed?: boolean) =>
  eventsOf(told, failed).map(({ type, message }) => `${type} ${message}`);

const engine: Progress = { stage: "start engine", message: "starting the engine" };
const create: Progress = { stage: "create podman instance", message: "creating web" };

test("a stage begins, and is finished by the next one and by the end", () => {
  expect(inShort([engine, create])).toEqual([
    "started starting the engine",
    "finished starting the engine",
    "started creating web",
    "finished creating web",
  ]);
});

test("a run that fails fails in its last stage alone", () => {
  expect(inShort([engine, create], true).slice(-3)).toEqual([
    "finished starting the engine",
    "started creating web",
    "failed creating web",
  ]);
});

test("a stage after a failure says that the one before it failed", () => {
  expect(inShort([create, { message: "undoing", afterFailure: true }])[1]).toBe("failed creating web");
});

test("what undoes a failed run does not fail with it", () => {
  const stopping: Progress = { message: "stopping", afterFailure: true };
  const undoing: Progress = { message: "undoing", afterFailure: true };
  expect(inShort([create, stopping, undoing], true).filter((event) => !event.startsWith("started"))).toEqual([
    "failed creating web",
    "finished stopping",
    "finished undoing",
  ]);
});

test("the same stage with another count is a step of it", () => {
  expect(eventsOf([create, { ...create, current: 1, total: 3 }])[1]).toMatchObject({
    type: "step",
    current: 1,
    total: 3,
  });
});

test("the same stage told again is nothing new", () => {
  expect(inShort([create, create])).toEqual(["started creating web", "finished creating web"]);
});

test("the same kind of stage for another instance is another stage", () => {
  expect(inShort([create, { ...create, message: "creating api" }])).toContain("finished creating web");
});

test("the end tells how long the stage took", () => {
  expect(eventsOf([create]).at(-1)).toMatchObject({ seconds: 0.5 });
});

test("a run without a stage has no event", () => {
  expect(eventsOf([])).toEqual([]);
});

test("the beginning tells how long the stage took before", () => {
  const { events, report } = reportAt();
  report.tell(create, 2.5);
  expect(events).toEqual([
    {
      type: "started",
      time: "1970-01-01T00:00:00.000Z",
      stage: "create podman instance",
      message: "creating web",
      expectedSeconds: 2.5,
    },
  ]);
});

test("every event is one of the schema", () => {
  const events = eventsOf([engine, { ...create, current: 1, total: 2 }, { ...create, current: 2, total: 2 }], true);
  expect(events.map((event) => progressEvent.safeParse(event).error)).toEqual(events.map(() => undefined));
});

describe("the stages whose durations are remembered", () => {
  function finishedOf(told: readonly Progress[], failed: boolean) {
    const { report } = reportAt();
    for (const progress of told) report.tell(progress);
    report.end(failed);
    return report.finished.map(({ key }) => key);
  }

  test("are those that finished", () => {
    expect(finishedOf([engine, create], false)).toEqual(["start engine", "create podman instance"]);
  });

  test("are not those that failed, before an undoing or at the end", () => {
    expect(finishedOf([engine, create, { stage: "undo", message: "undoing", afterFailure: true }], true)).toEqual([
      "start engine",
    ]);
  });

  test("are not those without a kind, such as a wait", () => {
    expect(finishedOf([{ message: "waiting" }, engine], false)).toEqual(["start engine"]);
  });
});
