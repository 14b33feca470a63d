import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { expectedSeconds, readStageHistory, rememberStages, withDuration } from "../../host/stage-history";
import { useTemporaryHome } from "./temporary-home";

const home = useTemporaryHome();
beforeEach(() => {
  mkdirSync(home().root);
});

const lasting = (...seconds: number[]) => seconds.map((one) => ({ key: "start engine", seconds: one }));

describe("how long a stage is expected to take", () => {
  test("is not known without history", () => {
    expect(expectedSeconds({}, "start engine")).toBeUndefined();
  });

  test("is not known for a stage that has the name of something else", () => {
    expect(expectedSeconds({}, "constructor")).toBeUndefined();
  });

  test.each([
    [[3], 3],
    [[1, 100, 2], 2],
    [[4, 1, 2, 100], 3],
  ])("is the median of %j", (durations, median) => {
    expect(expectedSeconds({ stage: durations }, "stage")).toBe(median);
  });
});

describe("the history", () => {
  test("goes on from run to run", () => {
    rememberStages(home(), lasting(1, 2));
    rememberStages(home(), [...lasting(3), { key: "create podman instance", seconds: 0.5 }]);
    expect(readStageHistory(home())).toEqual({ "start engine": [1, 2, 3], "create podman instance": [0.5] });
  });

  test("keeps the last fifteen durations of a stage", () => {
    rememberStages(home(), lasting(...Array(40).keys()));
    expect(readStageHistory(home())["start engine"]).toEqual([...Array(40).keys()].slice(-15));
  });

  test("keeps the hundred stages that were used last", () => {
    const names = [...Array(150).keys()].map((n) => `stage ${n}`);
    const history = [...names, "stage 60"].reduce((all, name) => withDuration(all, name, 1), {});
    expect(Object.keys(history)).toEqual([...names.slice(50).filter((name) => name !== "stage 60"), "stage 60"]);
  });

  test.each(["", "{", "[]", '{"start engine":"soon"}', '{"start engine":[-1]}', '{"start engine":[null]}'])(
    "that is damaged (%s) is empty, and is written anew",
    (text) => {
      writeFileSync(home().stageHistoryFile, text);
      const before = readStageHistory(home());
      rememberStages(home(), lasting(1));
      expect([before, readStageHistory(home())]).toEqual([{}, { "start engine": [1] }]);
    },
  );

  test("leaves no draft behind", () => {
    rememberStages(home(), lasting(1));
    expect(readdirSync(home().root)).toEqual(["stage-history.json"]);
  });

  test("is not written where nothing was done", () => {
    rememberStages(home(), []);
    expect(readdirSync(home().root)).toEqual([]);
  });

  test("that cannot be written is no failure", () => {
    mkdirSync(home().stageHistoryFile);
    rememberStages(home(), lasting(1));
    expect([readStageHistory(home()), readdirSync(home().root)]).toEqual([{}, ["stage-history.json"]]);
  });
});
