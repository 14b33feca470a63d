/** Tells a run's progress, in the form that the stream and the command line ask for. */

import type { WriteStream } from "node:tty";
import type { Progress } from "../../verbs/verb";
import { appearanceOf } from "./appearance";
import { jsonRenderer, plainRenderer, TerminalRenderer, type Renderer } from "./renderers";
import { advance, endOf, secondsOf, type Stage } from "./stages";

/** A stage that ended well, for the history of how long stages take. */
export interface FinishedStage {
  readonly key: string;
  readonly seconds: number;
}

/** The progress of one run. */
export class ProgressReport {
  private active: Stage | undefined;
  /** Whether the failure of this run was told: what follows undoes it, and does not fail. */
  private failureTold = false;
  private readonly ended: FinishedStage[] = [];

  constructor(
    private readonly renderer: Renderer,
    private readonly now: () => number,
  ) {}

  /**
   * @param expectedSeconds how long the stage took before, on this host. @default not known
   */
  tell(told: Progress, expectedSeconds?: number): void {
    const before = this.active;
    const afterFailure = told.afterFailure === true && !this.failureTold;
    const { stage, events } = advance(before, { ...told, afterFailure }, expectedSeconds, this.now());
    this.failureTold ||= afterFailure;
    this.active = stage;
    if (before !== undefined && events[0]?.type === "finished") this.remember(before);
    for (const event of events) this.renderer.show(event, stage);
  }

  /** Ends the stage that goes on, if there is one, and leaves the stream as it was found. */
  end(runFailed: boolean): void {
    if (this.active !== undefined) {
      const failed = runFailed && !this.failureTold;
      this.renderer.show(endOf(this.active, failed, this.now()), this.active);
      if (!failed) this.remember(this.active);
    }
    this.active = undefined;
    this.renderer.close();
  }

  /** The stages that ended well. */
  get finished(): readonly FinishedStage[] {
    return this.ended;
  }

  /** A stage without a key of its own, such as a wait for another run, takes as long as that takes; so does an undoing. */
  private remember(stage: Stage): void {
    if (this.failureTold || stage.key === stage.message) return;
    this.ended.push({ key: stage.key, seconds: secondsOf(stage, this.now()) });
  }
}

/** Opens the report of a run on standard error. */
export function openProgress(stream: WriteStream, json: boolean, environment: NodeJS.ProcessEnv): ProgressReport {
  return new ProgressReport(rendererFor(stream, json, environment), monotonicNow);
}

function rendererFor(stream: WriteStream, json: boolean, environment: NodeJS.ProcessEnv): Renderer {
  if (json) return jsonRenderer(stream);
  const appearance = appearanceOf(stream.isTTY, environment);
  return appearance.animated ? new TerminalRenderer(stream, appearance, monotonicNow) : plainRenderer(stream);
}

/** Milliseconds since 1970 that go on evenly when the system's clock is set. */
function monotonicNow(): number {
  return performance.timeOrigin + performance.now();
}
